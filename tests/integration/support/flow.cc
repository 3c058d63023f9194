// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/flow.h"

#include "absl/time/time.h"
#include "common/calendar/testing/rules.h"
#include "common/testing/matchers.h"
#include "tools/suite/client.h"

namespace eid::integration {

using approval::v1::ApprovalService;
using approval::v1::Case;
using approval::v1::Notification;
using approval::v1::NotificationService;
using org_registration::v1::RegistrationService;
using suite::Person;
using testing::Value;

dossier::v1::Dossier DossierOf(Stage& stage, const std::string& code, const Person& person) {
  return suite::DossierOf(Value(stage.world().SeededOrganization(code)), person.data());
}

Registration File(Person& applicant, const dossier::v1::Dossier& dossier) {
  const Registration created = Value(suite::Create(applicant, dossier));
  return Value(suite::Submit(applicant, created));
}

Registration Await(Person& applicant, const std::string& registration_id,
                   Registration::State state) {
  return Value(applicant.WaitFor(registration_id, {state}));
}

Registration Read(Person& person, const std::string& registration_id) {
  org_registration::v1::GetRegistrationRequest request;
  request.set_registration_id(registration_id);
  return Value(
      person.Do(*person.registrations, &RegistrationService::Stub::GetRegistration, request));
}

Case CaseOf(Stage& stage, const std::string& case_id) {
  Person& reviewer = stage.world().reviewer();
  approval::v1::GetCaseRequest request;
  request.set_case_id(case_id);
  return Value(reviewer.Do(*reviewer.cases, &ApprovalService::Stub::GetCase, request));
}

Registration ApproveAndAwait(Stage& stage, Person& applicant, const std::string& registration_id,
                             const std::string& note) {
  REQUIRE_OK(
      suite::Approve(stage.world().reviewer(), stage.world().approver(), registration_id, note));
  return Await(applicant, registration_id, Registration::STATE_ISSUED);
}

verification::v1::FieldVerdict VerdictOn(const verification::v1::Verification& verification,
                                         const std::string& field) {
  verification::v1::FieldVerdict found;
  int count = 0;
  std::string all;
  for (const auto& verdict : verification.verdicts()) {
    all += verdict.field() + " ";
    if (verdict.field() != field) continue;
    found = verdict;
    ++count;
  }
  INFO("verdicts on: " << all);
  INFO("wanted: " << field);
  REQUIRE(count == 1);
  return found;
}

std::vector<Notification> NotificationsOf(Person& person, const std::string& case_id) {
  approval::v1::ListNotificationsRequest request;
  request.set_page_size(500);
  const auto page = Value(
      person.Do(*person.notifications, &NotificationService::Stub::ListNotifications, request));
  std::vector<Notification> notifications;
  for (const Notification& notification : page.notifications()) {
    CHECK(notification.account_id() == person.account_id());
    if (notification.case_id() == case_id) notifications.push_back(notification);
  }
  return notifications;
}

absl::StatusOr<org_registration::v1::FileStatus> Track(Stage& stage, const std::string& file_code) {
  const auto tracking = org_registration::v1::TrackingService::NewStub(stage.world().gateway());
  org_registration::v1::GetStatusRequest request;
  request.set_file_code(file_code);
  return suite::Call(*tracking, &org_registration::v1::TrackingService::Stub::GetStatus, request,
                     {.repeat = true});
}

int64_t DueSeconds(absl::string_view period, const google::protobuf::Timestamp& received) {
  const absl::Time time =
      absl::FromUnixSeconds(received.seconds()) + absl::Nanoseconds(received.nanos());
  const auto deadline =
      calendar::TestLegalPeriods().DeadlineFor(period, time, calendar::TestCalendar());
  return absl::ToUnixSeconds(Value(deadline).due_time);
}

}  // namespace eid::integration
