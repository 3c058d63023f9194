// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/world.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/status/macros.h"
#include "tools/suite/requests.h"

namespace eid::suite {
namespace {

using approval::v1::ApprovalService;
using approval::v1::Case;
using identity::v1::AccountService;
using identity::v1::OfficerService;
using org_registration::v1::Registration;
using org_registration::v1::RegistrationService;
using registry::v1::OrganizationRecord;
using registry::v1::PersonRecord;

// The officers, in the seed of the population database.
constexpr char kAdministrator[] = "077079183145";
constexpr char kIntake[] = "042184077339";
constexpr char kReviewer[] = "044082178985";
constexpr char kApprover[] = "044188360785";

// The first record of a JSON Lines file that `wanted` takes.
template <class Record>
absl::StatusOr<Record> FindRecord(const std::string& file,
                                  const std::function<bool(const Record&)>& wanted) {
  std::ifstream lines(absl::StrCat(EID_SOURCE_DIR "/tools/simulators/seed/", file));
  std::string line;
  while (std::getline(lines, line)) {
    Record record;
    if (google::protobuf::util::JsonStringToMessage(line, &record).ok() && wanted(record)) {
      return record;
    }
  }
  return absl::NotFoundError(absl::StrCat("no such record in the seed file ", file));
}

absl::StatusOr<Case> Claim(Person& reviewer, const std::string& case_id) {
  return reviewer.Do(*reviewer.cases, &ApprovalService::Stub::ClaimCase, ClaimOf(case_id));
}

}  // namespace

absl::StatusOr<PersonData> World::Seeded(const std::string& personal_id) const {
  ASSIGN_OR_RETURN(const PersonRecord record,
                   FindRecord<PersonRecord>("population.jsonl", [&](const PersonRecord& person) {
                     return person.personal_id() == personal_id;
                   }));
  return PersonData{.personal_id = record.personal_id(),
                    .full_name = record.full_name(),
                    .birth_year = record.birth_date().year(),
                    .birth_month = record.birth_date().month(),
                    .birth_day = record.birth_date().day(),
                    .phone = record.phone()};
}

absl::StatusOr<OrganizationRecord> World::SeededOrganization(const std::string& code) const {
  const auto wanted = [&](const OrganizationRecord& record) {
    return record.tax_code() == code || (!code.empty() && record.agency_code() == code) ||
           (!code.empty() && record.establishment_decision() == code);
  };
  absl::StatusOr<OrganizationRecord> found =
      FindRecord<OrganizationRecord>("business.jsonl", wanted);
  return found.ok() ? found : FindRecord<OrganizationRecord>("special.jsonl", wanted);
}

absl::StatusOr<std::unique_ptr<Person>> World::Meet(const std::string& personal_id) const {
  ASSIGN_OR_RETURN(PersonData data, Seeded(personal_id));
  return std::make_unique<Person>(std::move(data), gateway_, *outside_);
}

absl::StatusOr<std::unique_ptr<Person>> World::Admit(const std::string& personal_id) {
  ASSIGN_OR_RETURN(const PersonData data, Seeded(personal_id));
  return Admit(data);
}

absl::StatusOr<std::unique_ptr<Person>> World::Admit(const PersonData& data) {
  auto person = std::make_unique<Person>(data, gateway_, *outside_);
  Person& officer = intake_ != nullptr ? *intake_ : *administrator_;
  RETURN_IF_ERROR(
      officer.Do(*officer.accounts, &AccountService::Stub::EnrollAccount, person->Enrolment())
          .status());
  RETURN_IF_ERROR(person->Activate());
  RETURN_IF_ERROR(person->Login());
  return person;
}

absl::Status World::GrantRole(Person& person, policy::v1::OfficerRole role,
                              const std::string& unit) {
  identity::v1::GrantRoleRequest request;
  request.set_request_id(NewRequestId());
  request.set_account_id(person.account_id());
  request.set_role(role);
  request.set_unit_code(unit);
  RETURN_IF_ERROR(
      administrator_->Do(*administrator_->officers, &OfficerService::Stub::GrantRole, request)
          .status());
  return person.Login();
}

absl::StatusOr<std::unique_ptr<Person>> World::Appoint(const std::string& personal_id,
                                                       policy::v1::OfficerRole role,
                                                       const std::string& unit) {
  ASSIGN_OR_RETURN(std::unique_ptr<Person> person, Admit(personal_id));
  RETURN_IF_ERROR(GrantRole(*person, role, unit));
  return person;
}

absl::StatusOr<std::unique_ptr<World>> World::Create(SuiteOptions options) {
  std::unique_ptr<World> world(new World);
  ASSIGN_OR_RETURN(world->suite_, Suite::Create(std::move(options)));
  ASSIGN_OR_RETURN(const PersonData first, world->Seeded(kAdministrator));
  RETURN_IF_ERROR(world->suite_->Bootstrap(absl::Substitute(
      R"pb(personal_id: "$0"
           full_name: "$1"
           birth_date { year: $2 month: $3 day: $4 }
           phone: "$5"
           unit_code: "$6")pb",
      first.personal_id, first.full_name, first.birth_year, first.birth_month, first.birth_day,
      first.phone, kAuthorityUnit)));
  RETURN_IF_ERROR(world->suite_->StartAll());
  ASSIGN_OR_RETURN(world->outside_, Outside::Create(*world->suite_));
  ASSIGN_OR_RETURN(world->gateway_, Connect(world->suite_->address("gateway"),
                                            world->suite_->certificates(), "", "localhost"));
  ASSIGN_OR_RETURN(world->administrator_, world->Meet(kAdministrator));
  RETURN_IF_ERROR(world->administrator_->Activate());
  RETURN_IF_ERROR(world->administrator_->LoginWithCode());
  ASSIGN_OR_RETURN(world->intake_,
                   world->Appoint(kIntake, policy::v1::OFFICER_ROLE_INTAKE, kCommuneUnit));
  ASSIGN_OR_RETURN(world->reviewer_,
                   world->Appoint(kReviewer, policy::v1::OFFICER_ROLE_REVIEWER, kAuthorityUnit));
  ASSIGN_OR_RETURN(world->approver_,
                   world->Appoint(kApprover, policy::v1::OFFICER_ROLE_APPROVER, kAuthorityUnit));
  return world;
}

dossier::v1::Dossier DossierOf(const OrganizationRecord& record, const PersonData& representative) {
  dossier::v1::Dossier dossier;
  dossier.set_category(record.category());
  *dossier.mutable_names() = record.names();
  *dossier.mutable_establishment_date() = record.establishment_date();
  dossier.mutable_head_office()->set_street(record.head_office().street());
  dossier.mutable_head_office()->set_commune(record.head_office().commune());
  dossier.mutable_head_office()->set_province_code(
      record.head_office().province_code().empty() ? "01" : record.head_office().province_code());
  dossier.set_tax_code(record.tax_code());
  dossier.set_business_code(record.business_code());
  dossier.set_agency_code(record.agency_code());
  dossier.set_establishment_decision(record.establishment_decision());
  *dossier.mutable_representative() = RepresentativeOf(representative, "Giám đốc");
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_LEGAL_REPRESENTATIVE);
  dossier.mutable_contact()->set_phone(representative.phone);
  return dossier;
}

absl::StatusOr<Case> Approve(Person& reviewer, Person& approver, const std::string& case_id,
                             const std::string& note) {
  ASSIGN_OR_RETURN(const Case claimed, Claim(reviewer, case_id));
  return approver.Do(*approver.cases, &ApprovalService::Stub::ApproveCase,
                     ApprovalOf(claimed, note));
}

absl::StatusOr<Case> SendBack(Person& reviewer, const std::string& case_id,
                              const std::vector<org_registration::v1::SupplementItem>& items) {
  ASSIGN_OR_RETURN(const Case claimed, Claim(reviewer, case_id));
  return reviewer.Do(*reviewer.cases, &ApprovalService::Stub::RequestSupplement,
                     SupplementRequestOf(claimed, items));
}

absl::StatusOr<Case> Refuse(Person& reviewer, Person& approver, const std::string& case_id,
                            approval::v1::RefusalReason reason,
                            const type::v1::LocalizedText& explanation) {
  ASSIGN_OR_RETURN(const Case claimed, Claim(reviewer, case_id));
  return approver.Do(*approver.cases, &ApprovalService::Stub::RejectCase,
                     RefusalOf(claimed, reason, explanation));
}

absl::StatusOr<Registration> Create(Person& applicant, const dossier::v1::Dossier& dossier) {
  return applicant.Do(*applicant.registrations, &RegistrationService::Stub::CreateRegistration,
                      CreationOf(dossier));
}

absl::StatusOr<Registration> Submit(Person& applicant, const Registration& registration) {
  return applicant.Do(*applicant.registrations, &RegistrationService::Stub::SubmitRegistration,
                      SubmissionOf(registration));
}

}  // namespace eid::suite
