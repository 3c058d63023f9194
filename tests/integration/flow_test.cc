// SPDX-License-Identifier: Apache-2.0
// The five steps, through the gateway, as the people of a registration see them.
#include <algorithm>

#include "absl/strings/match.h"
#include "common/calendar/legal_periods.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "tests/integration/support/flow.h"

namespace eid::integration {
namespace {

using approval::v1::Case;
using approval::v1::Notification;
using identity::v1::Organization;
using identity::v1::OrganizationService;
using org_registration::v1::RegistrationService;
using suite::Person;
using testing::Value;

constexpr char kOrganization[] = "0195462677";
constexpr char kRepresentative[] = "030185712092";

Organization Activate(Person& representative, const std::string& organization_id) {
  identity::v1::ActivateOrganizationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_organization_id(organization_id);
  return Value(representative.Do(*representative.organizations,
                                 &OrganizationService::Stub::ActivateOrganization, request));
}

// Step 3: every source was asked, and every field that was compared is the same.
void CheckMatch(const Registration& registration) {
  const auto& verification = registration.verification();
  CHECK(verification.state() == verification::v1::Verification::STATE_CONCLUDED);
  CHECK(verification.result() == verification::v1::VERIFICATION_RESULT_MATCH);
  CHECK(verification.deadline_class() == verification::v1::DEADLINE_CLASS_IN_DATABASE);
  CHECK(verification.dossier_digest() == registration.dossier_digest());
  CHECK(verification.lookups_size() >= 2);
  for (const auto& lookup : verification.lookups()) {
    INFO(lookup.subject() << " in " << lookup.registry_id());
    CHECK(lookup.outcome() == verification::v1::LOOKUP_OUTCOME_MATCH);
    CHECK(lookup.receipt().response_digest().size() == 32);
  }
  CHECK(verification.verdicts_size() >= 5);
  for (const auto& verdict : verification.verdicts()) {
    INFO(verdict.field());
    CHECK(verdict.verdict() != verification::v1::VERDICT_MISMATCH);
  }
}

// Step 4: the clock that all three show is the law's.
void CheckClock(Stage& stage, const Registration& registration, absl::string_view period) {
  const Case file = CaseOf(stage, registration.registration_id());
  const int64_t due = DueSeconds(period, registration.receive_time());
  CHECK(registration.due_time().seconds() == due);
  CHECK(file.clock().due_time().seconds() == due);
  CHECK(file.clock().receive_time().seconds() == registration.receive_time().seconds());
  CHECK(file.clock().mark() == approval::v1::CLOCK_MARK_RUNNING);
  CHECK(absl::StartsWith(file.clock().rule_version(), period));
  const auto seen = Value(Track(stage, registration.file_code()));
  CHECK(seen.due_time().seconds() == due);
}

// Step 5: told in the app and by message.
void CheckTold(Stage& stage, Person& applicant, const Registration& issued) {
  const auto notifications = NotificationsOf(applicant, issued.registration_id());
  REQUIRE(notifications.size() == 1);
  const Notification& told = notifications.front();
  CHECK(told.kind() == approval::v1::NOTIFICATION_KIND_APPROVED);
  CHECK(told.file_code() == issued.file_code());
  CHECK_FALSE(told.text().vi().empty());
  CHECK_FALSE(told.text().en().empty());
  const auto message =
      Value(stage.world().outside().FindMessage(applicant.data().phone, issued.file_code()));
  CHECK(absl::StartsWith(message.message_id(), told.notification_id()));
}

TEST_CASE("an organization goes through all five steps and acts with its account") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit(kRepresentative);
  const auto dossier = DossierOf(stage, kOrganization, applicant);

  const Registration created = Value(suite::Create(applicant, dossier));
  CHECK(created.state() == Registration::STATE_DRAFT);
  CHECK(created.owner() == org_registration::v1::OWNER_APPLICANT);
  CHECK(created.file_code().empty());
  CHECK(created.applicant_account_id() == applicant.account_id());

  const Registration submitted = Value(suite::Submit(applicant, created));
  CHECK_FALSE(submitted.file_code().empty());
  CHECK(submitted.submission_number() == 1);

  const Registration reviewed =
      Await(applicant, created.registration_id(), Registration::STATE_UNDER_REVIEW);
  CHECK(reviewed.owner() == org_registration::v1::OWNER_AUTHORITY);
  CheckMatch(reviewed);
  CheckClock(stage, reviewed, calendar::period::kOrganizationInDatabase);
  const auto seen = Value(Track(stage, reviewed.file_code()));
  CHECK(seen.state() == Registration::STATE_UNDER_REVIEW);
  CHECK(seen.text().vi() == "Đang thẩm định");

  const Registration issued = ApproveAndAwait(stage, applicant, created.registration_id());
  CHECK(issued.owner() == org_registration::v1::OWNER_UNSPECIFIED);
  CHECK_FALSE(issued.has_timer());
  CheckTold(stage, applicant, issued);

  const Case decided = CaseOf(stage, created.registration_id());
  approval::v1::DecisionStatement statement;
  REQUIRE(statement.ParseFromString(decided.decision().statement()));
  CHECK(statement.dossier_digest() == issued.dossier_digest());
  CHECK(statement.outcome() == approval::v1::OUTCOME_APPROVED);
  CHECK(statement.receipt_digests_size() == issued.verification().lookups_size());
  CHECK(decided.decision().signature().size() == 64);
  CHECK(decided.reviewer_account_id() == stage.world().reviewer().account_id());
  CHECK(decided.decision().approver_account_id() == stage.world().approver().account_id());

  const Organization active = Activate(applicant, issued.organization_id());
  CHECK(active.state() == Organization::STATE_ACTIVE);
  CHECK(active.registration_id() == created.registration_id());
  CHECK(active.dossier().names().vietnamese() == dossier.names().vietnamese());
  CHECK(active.activation_expire_time().seconds() - active.create_time().seconds() >=
        7 * 24 * 3600 - 1);
  CHECK(Activate(applicant, issued.organization_id()).etag() == active.etag());

  REQUIRE_OK(applicant.ActAs(issued.organization_id()));
  CHECK(applicant.session().organization_id() == issued.organization_id());
  identity::v1::IntrospectTokenRequest introspect;
  introspect.set_token(applicant.token());
  const auto info =
      Value(applicant.Do(*applicant.authentication,
                         &identity::v1::AuthenticationService::Stub::IntrospectToken, introspect));
  CHECK(info.active());
  CHECK(info.claims().organization_id() == issued.organization_id());
  CHECK(info.claims().principal() == policy::v1::PRINCIPAL_KIND_ORGANIZATION);
  // An organization files for nobody.
  const auto refused = suite::Create(applicant, dossier);
  CHECK(HasReason(refused.status(), policy::v1::COMMON_REASON_WRONG_PRINCIPAL));
  REQUIRE_OK(applicant.ActAs(""));
  stage.SecretsOf(applicant);

  // It has its account: a second one is refused.
  const Registration again = Value(suite::Create(applicant, dossier));
  const auto twice = suite::Submit(applicant, again);
  CHECK(HasReason(twice.status(),
                  org_registration::v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
}

// Consents of a co-representative.
absl::StatusOr<Registration> Consent(Person& person, const Registration& registration) {
  auto request = person.Consent(registration);
  if (!request.ok()) return request.status();
  return person.Do(*person.registrations, &RegistrationService::Stub::ConsentToRegistration,
                   *request);
}

std::vector<std::string> AwaitingConsentOf(Person& person) {
  org_registration::v1::ListRegistrationsRequest request;
  request.set_awaiting_my_consent(true);
  const auto page = Value(
      person.Do(*person.registrations, &RegistrationService::Stub::ListRegistrations, request));
  std::vector<std::string> ids;
  for (const Registration& one : page.registrations()) ids.push_back(one.registration_id());
  return ids;
}

TEST_CASE("a co-representative's signature moves the registration on, and nothing less does") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("034070650244");
  Person& other = stage.Admit("046174403391");
  Person& stranger = stage.Admit(kRepresentative);
  auto dossier = DossierOf(stage, "0194527018", applicant);
  *dossier.add_co_representatives() = suite::RepresentativeOf(other.data(), "Phó giám đốc");

  const Registration waiting = File(applicant, dossier);
  CHECK(waiting.state() == Registration::STATE_AWAITING_CONSENT);
  CHECK(waiting.owner() == org_registration::v1::OWNER_CO_REPRESENTATIVES);
  CHECK_FALSE(waiting.has_receive_time());
  CHECK(AwaitingConsentOf(other) == std::vector<std::string>{waiting.registration_id()});

  // Not by somebody else, not to another dossier, not with another's signature.
  CHECK(HasReason(Consent(stranger, waiting).status(),
                  org_registration::v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  Registration changed = waiting;
  changed.set_dossier_digest(std::string(32, 'x'));
  CHECK(HasReason(Consent(other, changed).status(),
                  org_registration::v1::ERROR_REASON_DOSSIER_CHANGED));
  auto forged = Value(other.Consent(waiting));
  forged.set_signature(Value(stranger.Consent(waiting)).signature());
  CHECK(HasReason(
      other.Do(*other.registrations, &RegistrationService::Stub::ConsentToRegistration, forged)
          .status(),
      org_registration::v1::ERROR_REASON_SIGNATURE_INVALID));
  CHECK(Read(applicant, waiting.registration_id()).state() == Registration::STATE_AWAITING_CONSENT);

  // An edit voids what was asked for, so the old digest is worth nothing afterwards.
  org_registration::v1::UpdateRegistrationRequest update;
  update.set_request_id(suite::NewRequestId());
  update.set_registration_id(waiting.registration_id());
  update.mutable_dossier()->mutable_names()->set_abbreviated("NXST");
  update.mutable_update_mask()->add_paths("names.abbreviated");
  update.set_etag(waiting.etag());
  const Registration edited = Value(applicant.Do(
      *applicant.registrations, &RegistrationService::Stub::UpdateRegistration, update));
  CHECK(edited.state() == Registration::STATE_DRAFT);
  CHECK(edited.dossier_digest() != waiting.dossier_digest());
  CHECK_FALSE(Consent(other, waiting).ok());
  update.mutable_dossier()->mutable_names()->set_abbreviated(dossier.names().abbreviated());
  update.set_request_id(suite::NewRequestId());
  CHECK(HasReason(
      applicant.Do(*applicant.registrations, &RegistrationService::Stub::UpdateRegistration, update)
          .status(),
      policy::v1::COMMON_REASON_ETAG_MISMATCH));
  update.set_etag(edited.etag());
  const Registration restored = Value(applicant.Do(
      *applicant.registrations, &RegistrationService::Stub::UpdateRegistration, update));
  CHECK(restored.dossier_digest() == waiting.dossier_digest());
  const Registration submitted = Value(suite::Submit(applicant, restored));
  CHECK(submitted.file_code() == waiting.file_code());

  const Registration consented = Value(Consent(other, submitted));
  REQUIRE(consented.consents_size() == 1);
  CHECK(consented.consents(0).account_id() == other.account_id());
  CHECK(AwaitingConsentOf(other).empty());
  const Registration reviewed =
      Await(applicant, waiting.registration_id(), Registration::STATE_UNDER_REVIEW);
  CheckMatch(reviewed);
  const Registration issued = ApproveAndAwait(stage, applicant, waiting.registration_id());

  identity::v1::GetOrganizationRequest request;
  request.set_organization_id(issued.organization_id());
  const Organization organization =
      Value(other.Do(*other.organizations, &OrganizationService::Stub::GetOrganization, request));
  REQUIRE(organization.representative_account_ids_size() == 2);
  CHECK(organization.representative_account_ids(0) == applicant.account_id());
  CHECK(organization.representative_account_ids(1) == other.account_id());
  CHECK(HasReason(
      stranger.Do(*stranger.organizations, &OrganizationService::Stub::GetOrganization, request)
          .status(),
      identity::v1::ERROR_REASON_ORGANIZATION_NOT_FOUND));
}

TEST_CASE(
    "who files with an authorization needs the representative's consent, and gains no right") {
  Stage& stage = Stage::Get();
  Person& clerk = stage.Admit("010075491624");
  Person& head = stage.Admit("079171463833");
  auto dossier = DossierOf(stage, "0392604433", head);
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON);
  dossier.set_authorization_reference("Giấy ủy quyền số 12/UQ");
  dossier.mutable_contact()->set_phone(clerk.data().phone);

  const Registration waiting = File(clerk, dossier);
  CHECK(waiting.state() == Registration::STATE_AWAITING_CONSENT);
  CHECK(AwaitingConsentOf(head) == std::vector<std::string>{waiting.registration_id()});
  CHECK_FALSE(Consent(clerk, waiting).ok());
  const Registration consented = Value(Consent(head, waiting));
  REQUIRE(consented.consents_size() == 1);
  CHECK(consented.consents(0).account_id() == head.account_id());
  CHECK(consented.consents(0).representative_index() == -1);

  CheckMatch(Await(clerk, waiting.registration_id(), Registration::STATE_UNDER_REVIEW));
  const Registration issued = ApproveAndAwait(stage, clerk, waiting.registration_id());
  CheckTold(stage, clerk, issued);
  const Organization active = Activate(head, issued.organization_id());
  REQUIRE(active.representative_account_ids_size() == 1);
  CHECK(active.representative_account_ids(0) == head.account_id());
  REQUIRE_OK(head.ActAs(issued.organization_id()));
  CHECK(HasReason(clerk.ActAs(issued.organization_id()),
                  identity::v1::ERROR_REASON_ORGANIZATION_NOT_FOUND));
}

}  // namespace
}  // namespace eid::integration
