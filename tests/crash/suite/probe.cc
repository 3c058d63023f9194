// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/probe.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/crash/suite/requests.h"

namespace eid::crash {
namespace {

// A read is answered within this, whatever else is held.
constexpr absl::Duration kRead = absl::Seconds(1);

}  // namespace

Probe::Probe(Run& run) : run_(run) {}

absl::Status Probe::Enrol(const suite::PersonData& data, absl::Duration timeout) {
  const suite::Person somebody(data, run_.arena.world().gateway(), run_.arena.world().outside());
  suite::Person& officer = run_.arena.world().intake();
  Caller caller(officer, "probe", run_.journal(), {}, 0);
  identity::v1::Account account;
  absl::Status status =
      caller.Once(*officer.accounts, &identity::v1::AccountService::Stub::EnrollAccount,
                  somebody.Enrolment(), account, timeout);
  if (status.ok()) run_.load.shared().ledger.Put(account);
  return status;
}

absl::StatusOr<Registration> Probe::Draft() {
  suite::Person& person = run_.arena.world().intake();
  Caller caller(person, "probe", run_.journal(), {}, 0);
  const registry::v1::OrganizationRecord record =
      OrganizationOf(person.data(), run_.arena.NewTaxCode());
  return caller.Try(*person.registrations,
                    &org_registration::v1::RegistrationService::Stub::CreateRegistration,
                    CreationOf(suite::DossierOf(record, person.data())));
}

absl::StatusOr<Registration> Probe::Submit(const Registration& draft, absl::Duration timeout) {
  suite::Person& person = run_.arena.world().intake();
  Caller caller(person, "probe", run_.journal(), {}, 0);
  Registration submitted;
  RETURN_IF_ERROR(caller.Once(*person.registrations,
                              &org_registration::v1::RegistrationService::Stub::SubmitRegistration,
                              SubmissionOf(draft), submitted, timeout));
  return submitted;
}

void Probe::LookFor(const Registration& submitted) {
  suite::Person& person = run_.arena.world().intake();
  Caller caller(person, "probe", run_.journal(), {}, 0);
  org_registration::v1::GetRegistrationRequest get;
  get.set_registration_id(submitted.registration_id());
  const absl::StatusOr<Registration> now =
      caller.Look(*person.registrations,
                  &org_registration::v1::RegistrationService::Stub::GetRegistration, get);
  // A refusal is a violation already.
  if (!now.ok()) return;
  if (now->submission_number() != submitted.submission_number() ||
      now->file_code() != submitted.file_code() || !Leads(PlaceOf(submitted), PlaceOf(*now))) {
    run_.journal().Violate(
        Invariant::kReadable,
        absl::StrCat(submitted.registration_id(), " is ", NameOf(PlaceOf(*now)), " with file code ",
                     now->file_code(), ", not as it was acknowledged: ", NameOf(PlaceOf(submitted)),
                     " with ", submitted.file_code()));
  }
}

template <class Stub, class Interface, class Request, class Response>
void Probe::Ask(const std::string& service, suite::Person& person, Stub& stub,
                grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
  Caller caller(person, "probe", run_.journal(), {}, 0);
  Response response;
  const absl::Time begin = absl::Now();
  const absl::Status status = caller.Once(stub, method, request, response, kRead);
  if (!status.ok()) {
    run_.journal().Violate(
        Invariant::kDeadline,
        absl::StrCat("a read of ", service, " fails while another is held: ",
                     absl::StatusCodeToString(status.code()), " ", status.message()));
    return;
  }
  ++answered_;
  slowest_ = std::max(slowest_, absl::Now() - begin);
}

void Probe::AskAllBut(const std::string& program) {
  if (program == "gateway") return;
  suite::Person& reviewer = run_.arena.world().reviewer();
  suite::Person& administrator = run_.arena.world().administrator();
  if (program != "identity") {
    Ask("identity", administrator, *administrator.officers,
        &identity::v1::OfficerService::Stub::ListOfficers, identity::v1::ListOfficersRequest());
  }
  if (program != "approval") {
    Ask("approval", reviewer, *reviewer.cases, &approval::v1::ApprovalService::Stub::ListCases,
        approval::v1::ListCasesRequest());
  }
  if (program != "verification") {
    Ask("verification", reviewer, *reviewer.verifications,
        &verification::v1::VerificationService::Stub::ListVerifications,
        verification::v1::ListVerificationsRequest());
  }
  if (program != "org_registration") {
    Ask("org_registration", administrator, *administrator.registrations,
        &org_registration::v1::RegistrationService::Stub::ListRegistrations,
        org_registration::v1::ListRegistrationsRequest());
  }
}

}  // namespace eid::crash
