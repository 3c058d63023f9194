// SPDX-License-Identifier: Apache-2.0
#include "services/approval/testing/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/calendar/testing/rules.h"
#include "common/clock/timestamp.h"
#include "common/kv/mutation.h"

namespace eid::approval::testing {
namespace {

void SetDigests(v1::EnsureCaseRequest& request) {
  const std::string digest = kv::DigestOf(request.dossier());
  request.set_dossier_digest(digest);
  request.mutable_verification()->set_dossier_digest(digest);
}

}  // namespace

outbox::Sender FakeCarrier::sender() {
  return [this](const std::string& payload, const outbox::Done& done) {
    absl::Status answer;
    {
      absl::MutexLock lock(&mu_);
      delivery::v1::DeliverRequest& message = received_.emplace_back();
      if (!message.ParseFromString(payload)) answer = absl::InvalidArgumentError("not a message");
      if (!answers_.empty()) {
        answer = answers_.front();
        answers_.pop_front();
      }
    }
    done(answer);
  };
}

void FakeCarrier::Script(std::deque<absl::Status> answers) {
  absl::MutexLock lock(&mu_);
  answers_ = std::move(answers);
}

std::vector<delivery::v1::DeliverRequest> FakeCarrier::Await(size_t count) {
  const auto enough = [this, count]()
                          ABSL_SHARED_LOCKS_REQUIRED(mu_) { return received_.size() >= count; };
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(20));
  return received_;
}

absl::Time InVietnam(absl::string_view text) {
  absl::Time time;
  std::string error;
  const bool parsed =
      absl::ParseTime("%Y-%m-%d %H:%M", text, calendar::VietnamTimeZone(), &time, &error);
  INFO(error);
  REQUIRE(parsed);
  return time;
}

v1::EnsureCaseRequest Submission(const std::string& case_id, absl::Time receive_time,
                                 int submission_number) {
  v1::EnsureCaseRequest request;
  request.set_case_id(case_id);
  request.set_submission_number(submission_number);
  request.set_file_code("G01.899-250303-0001");
  dossier::v1::Dossier& dossier = *request.mutable_dossier();
  dossier.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  dossier.mutable_names()->set_vietnamese("Công ty cổ phần Sao Hôm");
  dossier.set_tax_code("0100109106");
  dossier.set_business_code("0100109106");
  dossier.mutable_contact()->set_phone("0912345678");
  dossier.mutable_contact()->set_email("lien.he@Sao-Hom.vn");
  verification::v1::Verification& verification = *request.mutable_verification();
  verification.set_verification_id(absl::StrCat(case_id, ".", submission_number));
  verification.set_state(verification::v1::Verification::STATE_CONCLUDED);
  verification.set_rule_version("rules-1");
  for (const char* subject : {"representative", "organization"}) {
    verification::v1::Lookup& lookup = *verification.add_lookups();
    lookup.set_subject(subject);
    lookup.set_outcome(verification::v1::LOOKUP_OUTCOME_MATCH);
    lookup.mutable_receipt()->set_response_digest(absl::StrCat("digest of ", subject));
  }
  SetResult(request, verification::v1::VERIFICATION_RESULT_MATCH,
            verification::v1::DEADLINE_CLASS_IN_DATABASE);
  request.set_applicant_account_id("applicant");
  request.add_consenting_account_ids("consenter");
  *request.mutable_receive_time() = ToTimestamp(receive_time);
  SetDigests(request);
  return request;
}

void SetResult(v1::EnsureCaseRequest& request, verification::v1::VerificationResult result,
               verification::v1::DeadlineClass deadline_class) {
  request.mutable_verification()->set_result(result);
  request.mutable_verification()->set_deadline_class(deadline_class);
}

void SetName(v1::EnsureCaseRequest& request, const std::string& name) {
  request.mutable_dossier()->mutable_names()->set_vietnamese(name);
  SetDigests(request);
}

rpc::Call Reviewer(const std::string& account_id, absl::string_view method) {
  rpc::Call call = rpc::testing::CallOfOfficer(account_id, {policy::v1::OFFICER_ROLE_REVIEWER});
  call.method = std::string(method);
  return call;
}

rpc::Call Approver(const std::string& account_id, absl::string_view method) {
  rpc::Call call = rpc::testing::CallOfOfficer(account_id, {policy::v1::OFFICER_ROLE_APPROVER});
  call.method = std::string(method);
  return call;
}

World::World()
    : database(Value(kv::Database::Open({.in_memory = true, .clock = &clock}))),
      periods(calendar::TestCalendar(), calendar::TestLegalPeriods()),
      outbox(*database, clock,
             {.table_number = kOutboxTable, .feed_topic = kOutboxTopic, .on_sent = MarkSent},
             carrier.sender()),
      timers(*database, clock),
      queue(*database, clock),
      examination(*database, clock, ids, outbox, {}),
      decisions(*database, clock, ids, periods, outbox, key),
      intake(*database, clock, periods),
      notifications(*database, clock) {}

std::string World::NextRequestId(const std::string& given) {
  return given.empty() ? request_ids_.NewId() : given;
}

absl::StatusOr<v1::Case> World::Ensure(const v1::EnsureCaseRequest& request) {
  return Wait<v1::Case>([&](CaseReply reply) {
    intake.Ensure(rpc::testing::CallOfService("org_registration"), request, std::move(reply));
  });
}

v1::Case World::Open(const std::string& case_id) {
  return Value(Ensure(Submission(case_id, clock.TimeNow())));
}

absl::StatusOr<v1::Case> World::Close(const std::string& case_id) {
  v1::CloseCaseRequest request;
  request.set_case_id(case_id);
  return Wait<v1::Case>([&](CaseReply reply) {
    intake.Close(rpc::testing::CallOfService("org_registration"), request, std::move(reply));
  });
}

v1::Case World::Get(const std::string& case_id) {
  v1::GetCaseRequest request;
  request.set_case_id(case_id);
  return Value(examination.Get(request));
}

absl::StatusOr<v1::Case> World::Claim(const std::string& reviewer, const std::string& case_id,
                                      const std::string& request_id) {
  v1::ClaimCaseRequest request;
  request.set_request_id(NextRequestId(request_id));
  request.set_case_id(case_id);
  return Wait<v1::Case>([&](CaseReply reply) {
    examination.Claim(Reviewer(reviewer, "ClaimCase"), request, std::move(reply));
  });
}

absl::StatusOr<v1::Case> World::Release(const std::string& reviewer, const std::string& case_id) {
  v1::ReleaseCaseRequest request;
  request.set_request_id(NextRequestId(""));
  request.set_case_id(case_id);
  return Wait<v1::Case>([&](CaseReply reply) {
    examination.Release(Reviewer(reviewer, "ReleaseCase"), request, std::move(reply));
  });
}

absl::StatusOr<v1::Case> World::RequestSupplement(const std::string& reviewer, const v1::Case& seen,
                                                  const std::string& field) {
  v1::RequestSupplementRequest request;
  request.set_request_id(NextRequestId(""));
  request.set_case_id(seen.case_id());
  request.set_etag(seen.etag());
  auto& item = *request.add_items();
  item.set_field(field);
  item.mutable_message()->set_vi("Tên thiếu dấu.");
  return Wait<v1::Case>([&](CaseReply reply) {
    examination.RequestSupplement(Reviewer(reviewer, "RequestSupplement"), request,
                                  std::move(reply));
  });
}

absl::StatusOr<v1::Case> World::Approve(const std::string& approver, const v1::Case& seen,
                                        const std::string& note, const std::string& request_id) {
  v1::ApproveCaseRequest request;
  request.set_request_id(NextRequestId(request_id));
  request.set_case_id(seen.case_id());
  request.set_etag(seen.etag());
  request.set_note(note);
  return Wait<v1::Case>([&](CaseReply reply) {
    decisions.Approve(Approver(approver, "ApproveCase"), request, std::move(reply));
  });
}

absl::StatusOr<v1::Case> World::Reject(const std::string& approver, const v1::Case& seen,
                                       v1::RefusalReason reason) {
  v1::RejectCaseRequest request;
  request.set_request_id(NextRequestId(""));
  request.set_case_id(seen.case_id());
  request.set_etag(seen.etag());
  request.set_reason(reason);
  request.mutable_explanation()->set_vi("Giám đốc đã thay đổi từ tháng trước.");
  return Wait<v1::Case>([&](CaseReply reply) {
    decisions.Reject(Approver(approver, "RejectCase"), request, std::move(reply));
  });
}

absl::StatusOr<v1::ListCasesResponse> World::List(const v1::ListCasesRequest& request) {
  return queue.List(request);
}

std::vector<v1::Notification> World::NotificationsOf(const std::string& account_id,
                                                     bool unread_only) {
  v1::ListNotificationsRequest request;
  request.set_unread_only(unread_only);
  const auto page = Value(notifications.List(rpc::testing::CallOfHolder(account_id), request));
  return {page.notifications().begin(), page.notifications().end()};
}

}  // namespace eid::approval::testing
