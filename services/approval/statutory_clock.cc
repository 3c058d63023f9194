// SPDX-License-Identifier: Apache-2.0
#include "services/approval/statutory_clock.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/macros.h"

namespace eid::approval {

absl::StatusOr<v1::Clock> StatutoryPeriods::Start(
    absl::Time receive_time, verification::v1::DeadlineClass deadline_class) const {
  absl::string_view period;
  switch (deadline_class) {
    case verification::v1::DEADLINE_CLASS_IN_DATABASE:
      period = calendar::period::kOrganizationInDatabase;
      break;
    case verification::v1::DEADLINE_CLASS_TO_BE_VERIFIED:
      period = calendar::period::kOrganizationToVerify;
      break;
    default: return absl::InvalidArgumentError("the verification fixed no period");
  }
  const absl::StatusOr<calendar::Deadline> deadline =
      periods_.DeadlineFor(period, receive_time, calendar_);
  if (!deadline.ok()) return absl::InvalidArgumentError(deadline.status().message());
  v1::Clock clock;
  *clock.mutable_receive_time() = ToTimestamp(receive_time);
  clock.set_deadline_class(deadline_class);
  clock.set_rule_version(absl::StrCat(deadline->period_id, "@", deadline->period_version));
  *clock.mutable_due_time() = ToTimestamp(deadline->due_time);
  *clock.mutable_warn_time() =
      ToTimestamp(std::max(deadline->warn_time, deadline->due_time - kLongestWarning));
  clock.set_calendar_complete(deadline->calendar_complete);
  return clock;
}

absl::StatusOr<int> StatutoryPeriods::ActivationDays(absl::Time notice_time) const {
  ASSIGN_OR_RETURN(const calendar::Period period,
                   periods_.PeriodOn(calendar::period::kActivation, calendar::DayOf(notice_time)));
  return period.amount();
}

bool IsRunning(const v1::Clock& clock) { return clock.has_due_time() && !clock.has_stop_time(); }

v1::ClockMark MarkAt(const v1::Clock& clock, absl::Time now) {
  if (!IsRunning(clock)) return v1::CLOCK_MARK_STOPPED;
  if (now >= FromTimestamp(clock.due_time())) return v1::CLOCK_MARK_OVERDUE;
  if (now >= FromTimestamp(clock.warn_time())) return v1::CLOCK_MARK_WARNING;
  return v1::CLOCK_MARK_RUNNING;
}

void StopClock(v1::Clock& clock, absl::Time now) {
  if (IsRunning(clock)) *clock.mutable_stop_time() = ToTimestamp(now);
}

}  // namespace eid::approval
