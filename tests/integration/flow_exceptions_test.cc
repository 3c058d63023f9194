// SPDX-License-Identifier: Apache-2.0
// Registrations that do not go straight: sent back, refused, unknown to every register, filed while
// a register is down, filed twice, withdrawn, decided by the wrong person.
#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "common/calendar/legal_periods.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "tests/integration/support/flow.h"
#include "tests/integration/support/raw_call.h"

namespace eid::integration {
namespace {

using approval::v1::ApprovalService;
using approval::v1::Case;
using org_registration::v1::RegistrationService;
using simulator::v1::Behavior;
using suite::Person;
using testing::Value;
using verification::v1::VerificationService;

org_registration::v1::SupplementItem Item(const std::string& field, const std::string& vi) {
  org_registration::v1::SupplementItem item;
  item.set_field(field);
  item.mutable_message()->set_vi(vi);
  item.mutable_message()->set_en("Please correct " + field + ".");
  return item;
}

TEST_CASE("a mismatch is sent back for supplement, corrected, and approved") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("010187411407");
  auto dossier = DossierOf(stage, "0191006810", applicant);
  const std::string right_name = dossier.names().vietnamese();
  dossier.mutable_names()->set_vietnamese("Công ty cổ phần Sao Hom Biển Bắc");
  const Registration filed = File(applicant, dossier);
  const std::string& id = filed.registration_id();

  const Registration reviewed = Await(applicant, id, Registration::STATE_UNDER_REVIEW);
  CHECK(reviewed.verification().result() == verification::v1::VERIFICATION_RESULT_MISMATCH);
  // In the register all the same: the short period.
  CHECK(reviewed.verification().deadline_class() == verification::v1::DEADLINE_CLASS_IN_DATABASE);
  const auto verdict = VerdictOn(reviewed.verification(), "names.vietnamese");
  CHECK(verdict.verdict() == verification::v1::VERDICT_MISMATCH);
  CHECK(verdict.reason() == verification::v1::VERDICT_REASON_NAME_DIACRITIC_ONLY);
  CHECK_FALSE(verdict.remedy().vi().empty());

  // Nobody approves a mismatch without saying why.
  const auto silent = suite::Approve(stage.world().reviewer(), stage.world().approver(), id, "");
  CHECK_FALSE(silent.ok());
  CHECK(FlawOfError(silent.status()) == "");

  REQUIRE_OK(suite::SendBack(stage.world().reviewer(), id,
                             {Item("names.vietnamese", "Tên thiếu dấu, vui lòng sửa lại.")}));
  const Registration back = Await(applicant, id, Registration::STATE_SUPPLEMENT_REQUIRED);
  CHECK(back.owner() == org_registration::v1::OWNER_APPLICANT);
  REQUIRE(back.supplement_request().items_size() == 1);
  CHECK(back.supplement_request().items(0).field() == "names.vietnamese");
  CHECK(back.supplement_request().items(0).message().vi() == "Tên thiếu dấu, vui lòng sửa lại.");
  CHECK(back.timer().seconds() == back.supplement_request().expire_time().seconds());
  REQUIRE(NotificationsOf(applicant, id).size() == 1);
  CHECK(NotificationsOf(applicant, id)[0].kind() ==
        approval::v1::NOTIFICATION_KIND_SUPPLEMENT_REQUESTED);
  CHECK(CaseOf(stage, id).clock().mark() == approval::v1::CLOCK_MARK_STOPPED);

  // What was not asked for does not change.
  org_registration::v1::SupplementRegistrationRequest supplement;
  supplement.set_request_id(suite::NewRequestId());
  supplement.set_registration_id(id);
  *supplement.mutable_dossier() = dossier;
  supplement.mutable_dossier()->mutable_names()->set_vietnamese(right_name);
  supplement.mutable_dossier()->mutable_head_office()->set_street("Số 1 đường Khác");
  supplement.mutable_update_mask()->add_paths("names.vietnamese");
  supplement.mutable_update_mask()->add_paths("head_office.street");
  const auto too_much = applicant.Do(
      *applicant.registrations, &RegistrationService::Stub::SupplementRegistration, supplement);
  CHECK(too_much.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_FALSE(ViolatedFields(too_much.status()).empty());

  supplement.set_request_id(suite::NewRequestId());
  supplement.mutable_update_mask()->clear_paths();
  supplement.mutable_update_mask()->add_paths("names.vietnamese");
  const Registration corrected = Value(applicant.Do(
      *applicant.registrations, &RegistrationService::Stub::SupplementRegistration, supplement));
  CHECK(corrected.submission_number() == 2);
  CHECK(corrected.file_code() == filed.file_code());
  CHECK(corrected.dossier().head_office().street() == dossier.head_office().street());

  const Registration again = Await(applicant, id, Registration::STATE_UNDER_REVIEW);
  CHECK(again.verification().result() == verification::v1::VERIFICATION_RESULT_MATCH);
  // The clock starts anew with the complete file.
  CHECK(again.receive_time().seconds() >= back.supplement_request().request_time().seconds());
  CHECK(again.due_time().seconds() ==
        DueSeconds(calendar::period::kOrganizationInDatabase, again.receive_time()));
  const Case file = CaseOf(stage, id);
  CHECK(file.submission_number() == 2);
  CHECK(file.clock().receive_time().seconds() == again.receive_time().seconds());

  const Registration issued = ApproveAndAwait(stage, applicant, id);
  CHECK(issued.dossier().names().vietnamese() == right_name);
  CHECK(NotificationsOf(applicant, id).size() == 2);
}

TEST_CASE("a refusal reaches the applicant with its reason in both languages") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("044177066906");
  const Registration filed = File(applicant, DossierOf(stage, "0196811440", applicant));
  const std::string& id = filed.registration_id();
  const Registration reviewed = Await(applicant, id, Registration::STATE_UNDER_REVIEW);
  CHECK(reviewed.verification().result() == verification::v1::VERIFICATION_RESULT_MISMATCH);
  const auto& verdicts = reviewed.verification().verdicts();
  CHECK(std::any_of(verdicts.begin(), verdicts.end(), [](const auto& verdict) {
    return verdict.reason() == verification::v1::VERDICT_REASON_ORGANIZATION_DISSOLVED;
  }));

  type::v1::LocalizedText explanation;
  explanation.set_vi("Doanh nghiệp đã giải thể năm trước.");
  explanation.set_en("The enterprise was dissolved last year.");
  REQUIRE_OK(suite::Refuse(stage.world().reviewer(), stage.world().approver(), id,
                           approval::v1::REFUSAL_REASON_ORGANIZATION_DISSOLVED, explanation));
  const Registration refused = Await(applicant, id, Registration::STATE_REJECTED);
  CHECK(refused.refusal().reason() == "ORGANIZATION_DISSOLVED");
  CHECK(refused.refusal().text().vi() == "Tổ chức đã giải thể hoặc chấm dứt hoạt động.");
  CHECK(refused.refusal().text().en() == "The organization was dissolved or has ceased.");
  CHECK(refused.refusal().explanation().vi() == explanation.vi());
  CHECK(refused.refusal().explanation().en() == explanation.en());
  CHECK(refused.organization_id().empty());
  CHECK(refused.owner() == org_registration::v1::OWNER_UNSPECIFIED);

  const auto notifications = NotificationsOf(applicant, id);
  REQUIRE(notifications.size() == 1);
  CHECK(notifications[0].kind() == approval::v1::NOTIFICATION_KIND_REJECTED);
  CHECK(absl::StrContains(notifications[0].text().vi(), "giải thể"));
  CHECK(absl::StrContains(notifications[0].text().en(), "dissolved"));
  REQUIRE_OK(stage.world().outside().FindMessage(applicant.data().phone, filed.file_code()));
  CHECK(Value(Track(stage, filed.file_code())).state() == Registration::STATE_REJECTED);

  approval::v1::MarkNotificationReadRequest mark;
  mark.set_notification_id(notifications[0].notification_id());
  const auto read =
      Value(applicant.Do(*applicant.notifications,
                         &approval::v1::NotificationService::Stub::MarkNotificationRead, mark));
  CHECK(read.has_read_time());
  // Not refused for ever: the organization may be filed for again.
  REQUIRE_OK(suite::Create(applicant, DossierOf(stage, "0196811440", applicant)));
}

TEST_CASE("what no register knows is for the authority to verify, within fifteen days") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("040088802046");
  auto dossier = DossierOf(stage, "0195462677", applicant);
  dossier.mutable_names()->Clear();
  dossier.mutable_names()->set_vietnamese("Công ty TNHH Đảo Vắng Không Tên");
  dossier.set_tax_code("0194356820");
  dossier.set_business_code("0194356820");
  const Registration filed = File(applicant, dossier);
  const Registration reviewed =
      Await(applicant, filed.registration_id(), Registration::STATE_UNDER_REVIEW);
  CHECK(reviewed.verification().result() == verification::v1::VERIFICATION_RESULT_NOT_FOUND);
  CHECK(reviewed.verification().deadline_class() ==
        verification::v1::DEADLINE_CLASS_TO_BE_VERIFIED);
  const int64_t due = DueSeconds(calendar::period::kOrganizationToVerify, reviewed.receive_time());
  CHECK(reviewed.due_time().seconds() == due);
  const Case file = CaseOf(stage, filed.registration_id());
  CHECK(file.clock().due_time().seconds() == due);
  CHECK(file.clock().deadline_class() == verification::v1::DEADLINE_CLASS_TO_BE_VERIFIED);
  ApproveAndAwait(stage, applicant, filed.registration_id(), "Đã xác minh trực tiếp tại trụ sở.");
}

// The verification of a first submission, as the reviewer sees it.
verification::v1::Verification VerificationOf(Stage& stage, const std::string& registration_id) {
  Person& reviewer = stage.world().reviewer();
  verification::v1::GetVerificationRequest request;
  request.set_verification_id(registration_id + ".1");
  // It is opened a moment after the submission was answered.
  absl::StatusOr<verification::v1::Verification> found;
  suite::AskUntil(
      [&] {
        found = reviewer.Do(*reviewer.verifications, &VerificationService::Stub::GetVerification,
                            request);
        return found.ok();
      },
      absl::Minutes(1));
  return Value(found);
}

TEST_CASE("a register that is down delays a registration, and is not taken for not knowing it") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("056078026466");
  REQUIRE_OK(stage.world().outside().Behave("registry_business", Behavior::MODE_DOWN));
  const Registration filed = File(applicant, DossierOf(stage, "0391388349", applicant));
  const auto tried = [&] {
    const auto verification = VerificationOf(stage, filed.registration_id());
    const auto& lookups = verification.lookups();
    return std::any_of(lookups.begin(), lookups.end(), [](const auto& lookup) {
      return lookup.subject() == "organization" && lookup.attempts() > 0 &&
             lookup.outcome() == verification::v1::LOOKUP_OUTCOME_UNAVAILABLE;
    });
  };
  CHECK(suite::AskUntil(tried, absl::Minutes(1)));
  CHECK(VerificationOf(stage, filed.registration_id()).state() ==
        verification::v1::Verification::STATE_IN_PROGRESS);
  CHECK(Read(applicant, filed.registration_id()).state() == Registration::STATE_VERIFYING);

  REQUIRE_OK(stage.world().outside().Behave("registry_business", Behavior::MODE_NORMAL));
  verification::v1::RetryVerificationRequest retry;
  retry.set_request_id(suite::NewRequestId());
  retry.set_verification_id(filed.registration_id() + ".1");
  Person& reviewer = stage.world().reviewer();
  REQUIRE_OK(
      reviewer.Do(*reviewer.verifications, &VerificationService::Stub::RetryVerification, retry));
  const Registration reviewed =
      Await(applicant, filed.registration_id(), Registration::STATE_UNDER_REVIEW);
  CHECK(reviewed.verification().result() == verification::v1::VERIFICATION_RESULT_MATCH);
  CHECK(reviewed.due_time().seconds() ==
        DueSeconds(calendar::period::kOrganizationInDatabase, reviewed.receive_time()));
  ApproveAndAwait(stage, applicant, filed.registration_id());
}

TEST_CASE("one request_id is one registration, however often it is sent") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("025193730508");
  org_registration::v1::CreateRegistrationRequest create;
  create.set_request_id(suite::NewRequestId());
  *create.mutable_dossier() = DossierOf(stage, "4895841766", applicant);
  const auto send = [&] {
    return applicant.Do(*applicant.registrations, &RegistrationService::Stub::CreateRegistration,
                        create);
  };
  const Registration first = Value(send());
  CHECK(Value(send()).SerializeAsString() == first.SerializeAsString());

  org_registration::v1::SubmitRegistrationRequest submit;
  submit.set_request_id(suite::NewRequestId());
  submit.set_registration_id(first.registration_id());
  submit.set_etag(first.etag());
  submit.set_declaration_accepted(true);
  const auto hand_in = [&] {
    return applicant.Do(*applicant.registrations, &RegistrationService::Stub::SubmitRegistration,
                        submit);
  };
  const Registration submitted = Value(hand_in());
  CHECK(Value(hand_in()).SerializeAsString() == submitted.SerializeAsString());
  Await(applicant, first.registration_id(), Registration::STATE_UNDER_REVIEW);
  // The first answer, whatever has happened since.
  CHECK(Value(hand_in()).SerializeAsString() == submitted.SerializeAsString());
  CHECK(Value(send()).SerializeAsString() == first.SerializeAsString());

  create.mutable_dossier()->mutable_names()->set_vietnamese("Công ty TNHH Đá Cuội Khác");
  CHECK(HasReason(send().status(), policy::v1::COMMON_REASON_REQUEST_ID_REUSED));

  const auto page = Value(
      applicant.Do(*applicant.registrations, &RegistrationService::Stub::ListRegistrations, {}));
  CHECK(page.registrations_size() == 1);
}

TEST_CASE("of many registrations of one organization, filed at once, one is taken") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("002083939520");
  const auto dossier = DossierOf(stage, "0496530440", applicant);
  std::vector<org_registration::v1::SubmitRegistrationRequest> requests(8);
  for (auto& request : requests) {
    request.set_request_id(suite::NewRequestId());
    request.set_registration_id(Value(suite::Create(applicant, dossier)).registration_id());
    request.set_declaration_accepted(true);
  }
  const std::string token = applicant.token();
  std::vector<absl::StatusOr<Registration>> answers(requests.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < requests.size(); ++i) {
    threads.emplace_back([&, i] {
      answers[i] =
          suite::Call(*applicant.registrations, &RegistrationService::Stub::SubmitRegistration,
                      requests[i], {.token = token, .repeat = true});
    });
  }
  for (std::thread& thread : threads) thread.join();
  int taken = 0;
  for (const auto& answer : answers) {
    taken += answer.ok() ? 1 : 0;
    INFO(answer.status());
    CHECK((answer.ok() ||
           HasReason(answer.status(),
                     org_registration::v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED)));
  }
  CHECK(taken == 1);
}

TEST_CASE("who is named in a file, or examined it, does not decide it") {
  Stage& stage = Stage::Get();
  // Applicant, reviewer and approver in one person.
  Person& applicant = stage.Admit("060190935198");
  stage.Appoint("060190935198", policy::v1::OFFICER_ROLE_REVIEWER);
  stage.Appoint("060190935198", policy::v1::OFFICER_ROLE_APPROVER);
  auto record = Value(stage.world().SeededOrganization("0195462677"));
  record.set_tax_code("0195462740");
  record.set_business_code("0195462740");
  dossier::v1::Dossier dossier = suite::DossierOf(record, applicant.data());
  const Registration draft = Value(suite::Create(applicant, dossier));
  const auto submitted = suite::Submit(applicant, draft);
  if (!submitted.ok()) {
    // The number is not a valid one: the check digit says so.
    INFO(testing::Describe(submitted.status()));
    REQUIRE(false);
  }
  const std::string& id = draft.registration_id();
  Await(applicant, id, Registration::STATE_UNDER_REVIEW);
  const auto own = suite::Approve(applicant, stage.world().approver(), id, "x");
  CHECK(HasReason(own.status(), approval::v1::ERROR_REASON_CONFLICT_OF_INTEREST));
  const auto own_decision = suite::Approve(stage.world().reviewer(), applicant, id, "x");
  CHECK(HasReason(own_decision.status(), approval::v1::ERROR_REASON_CONFLICT_OF_INTEREST));

  // Somebody else's file: examined and decided by the same person.
  Person& other = stage.Admit("056078026466");
  dossier = DossierOf(stage, "0195462677-001", other);
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_HEAD);
  const Registration second = File(other, dossier);
  Await(other, second.registration_id(), Registration::STATE_UNDER_REVIEW);
  const auto both = suite::Approve(applicant, applicant, second.registration_id(), "x");
  CHECK(HasReason(both.status(), approval::v1::ERROR_REASON_CONFLICT_OF_INTEREST));
  CHECK(CaseOf(stage, second.registration_id()).state() == Case::STATE_CLAIMED);
}

TEST_CASE("a registration is withdrawn by its applicant, and then nothing moves it") {
  Stage& stage = Stage::Get();
  Person& applicant = stage.Admit("030185712092");
  const Registration draft = Value(suite::Create(applicant, {}));
  org_registration::v1::WithdrawRegistrationRequest withdraw;
  withdraw.set_request_id(suite::NewRequestId());
  withdraw.set_registration_id(draft.registration_id());
  const Registration withdrawn = Value(applicant.Do(
      *applicant.registrations, &RegistrationService::Stub::WithdrawRegistration, withdraw));
  CHECK(withdrawn.state() == Registration::STATE_WITHDRAWN);
  const auto late = suite::Submit(applicant, withdrawn);
  CHECK(HasReason(late.status(), org_registration::v1::ERROR_REASON_WRONG_STATE));
  CHECK(Read(applicant, draft.registration_id()).etag() == withdrawn.etag());
  CHECK(HasReason(Track(stage, "G01.899-000101-0001").status(),
                  org_registration::v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
}

}  // namespace
}  // namespace eid::integration
