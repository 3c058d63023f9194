// SPDX-License-Identifier: Apache-2.0
#include "services/approval/explain.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/clock/timestamp.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {
namespace {

using Case = v1::Case;

type::v1::LocalizedText Text(std::string vi, std::string en) {
  type::v1::LocalizedText text;
  text.set_vi(std::move(vi));
  text.set_en(std::move(en));
  return text;
}

std::string InVietnam(absl::Time time) {
  return absl::FormatTime("%H:%M %d/%m/%Y", time, calendar::VietnamTimeZone());
}

// A period that is over at 00:00 ended, for people, with the day before.
std::string LastDay(absl::Time due_time) {
  return absl::FormatTime("%d/%m/%Y", due_time - absl::Seconds(1), calendar::VietnamTimeZone());
}

type::v1::LocalizedText Where(const Case& c) {
  switch (c.state()) {
    case Case::STATE_OPEN:
      return Text("Hồ sơ đang chờ cán bộ thụ lý nhận.", "The case waits for a reviewer.");
    case Case::STATE_CLAIMED: {
      const std::string lease = InVietnam(FromTimestamp(c.lease_expire_time()));
      return Text(
          absl::StrCat("Cán bộ thụ lý đang giữ hồ sơ đến ", lease,
                       "; người có thẩm quyền (là người khác) có thể phê duyệt hoặc từ chối."),
          absl::StrCat("A reviewer holds the case until ", lease,
                       " (UTC+7); an approver, another person, may approve or refuse it."));
    }
    case Case::STATE_SUPPLEMENT_REQUESTED:
      return Text("Hồ sơ đã được trả lại để người nộp bổ sung; thời hạn giải quyết tạm dừng.",
                  "The case was sent back to the applicant; the clock has stopped.");
    case Case::STATE_APPROVED: return Text("Hồ sơ đã được phê duyệt.", "The case was approved.");
    case Case::STATE_REJECTED: return Text("Hồ sơ đã bị từ chối.", "The case was refused.");
    case Case::STATE_CLOSED:
      return Text("Hồ sơ đã đóng vì người nộp rút hoặc quá hạn bổ sung.",
                  "The case was closed: withdrawn, or the supplement did not come in time.");
    default: return Text("Không xác định.", "Unknown.");
  }
}

void AddClock(const v1::Clock& clock, absl::Time now, type::v1::LocalizedText& text) {
  if (!IsRunning(clock)) return;
  const std::string day = LastDay(FromTimestamp(clock.due_time()));
  const bool over = MarkAt(clock, now) == v1::CLOCK_MARK_OVERDUE;
  absl::StrAppend(text.mutable_vi(),
                  over ? " Đã quá hạn giải quyết (hết ngày " : " Hạn giải quyết: hết ngày ", day,
                  over ? ")." : ".");
  absl::StrAppend(text.mutable_en(),
                  over ? " It is overdue (it was due by the end of " : " It is due by the end of ",
                  day, over ? ")." : ".");
}

void AddOfficerAction(absl::string_view rpc, policy::v1::OfficerRole role,
                      const absl::Status& allowed, v1::CaseExplanation& explanation) {
  v1::NextAction& action = *explanation.add_next_actions();
  action.set_rpc(std::string(rpc));
  action.set_role(role);
  action.set_allowed(allowed.ok());
  if (allowed.ok()) return;
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(allowed);
  *action.mutable_obstacle() =
      Text(localized.has_value() ? localized->message() : "", std::string(allowed.message()));
}

void AddApplicantAction(absl::string_view rpc, v1::CaseExplanation& explanation) {
  v1::NextAction& action = *explanation.add_next_actions();
  action.set_rpc(std::string(rpc));
  *action.mutable_obstacle() =
      Text("Việc này do người nộp hồ sơ thực hiện.", "This is for the applicant to do.");
}

void AddActions(const CaseRow& row, const Officer& caller, v1::CaseExplanation& explanation) {
  constexpr auto kReviewer = policy::v1::OFFICER_ROLE_REVIEWER;
  constexpr auto kApprover = policy::v1::OFFICER_ROLE_APPROVER;
  const auto may = [&](Verb verb) { return May(verb, row, caller); };
  switch (row.case_().state()) {
    case Case::STATE_OPEN:
      AddOfficerAction("ClaimCase", kReviewer, may(Verb::kClaim), explanation);
      break;
    case Case::STATE_CLAIMED:
      AddOfficerAction("ApproveCase", kApprover, may(Verb::kApprove), explanation);
      AddOfficerAction("RejectCase", kApprover, may(Verb::kReject), explanation);
      AddOfficerAction("RequestSupplement", kReviewer, may(Verb::kRequestSupplement), explanation);
      AddOfficerAction("ClaimCase", kReviewer, may(Verb::kClaim), explanation);
      AddOfficerAction("ReleaseCase", kReviewer, may(Verb::kRelease), explanation);
      break;
    case Case::STATE_SUPPLEMENT_REQUESTED:
      AddApplicantAction("SupplementRegistration", explanation);
      AddApplicantAction("WithdrawRegistration", explanation);
      break;
    default: break;  // final
  }
}

// When time alone moves or marks it next.
absl::Time NextTimer(const Case& c, absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  const auto consider = [&](const google::protobuf::Timestamp& time) {
    if (FromTimestamp(time) > now) next = std::min(next, FromTimestamp(time));
  };
  if (c.state() == Case::STATE_CLAIMED) consider(c.lease_expire_time());
  if (c.state() == Case::STATE_SUPPLEMENT_REQUESTED) consider(c.supplement_request().expire_time());
  if (IsRunning(c.clock())) {
    consider(c.clock().warn_time());
    consider(c.clock().due_time());
  }
  return next;
}

}  // namespace

v1::CaseExplanation Explain(const CaseRow& row, const Officer& caller, absl::Time now) {
  CaseRow current = row;
  LapseClaim(current, now);
  const Case& c = current.case_();
  v1::CaseExplanation explanation;
  explanation.set_case_id(c.case_id());
  explanation.set_state(c.state());
  *explanation.mutable_text() = Where(c);
  AddClock(c.clock(), now, *explanation.mutable_text());
  AddActions(current, caller, explanation);
  const absl::Time timer = NextTimer(c, now);
  if (timer != absl::InfiniteFuture()) *explanation.mutable_next_timer() = ToTimestamp(timer);
  return explanation;
}

}  // namespace eid::approval
