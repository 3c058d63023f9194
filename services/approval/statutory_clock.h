// SPDX-License-Identifier: Apache-2.0
// The statutory clock of a case (Decree 69/2024 Art. 13; Civil Code 2015 Art. 147-148): from receipt
// of the complete file, 3 working days if the organization is in a national or specialised database,
// else 15 calendar days. It stops with a decision or a supplement request, and starts anew with the
// next complete file. It never decides.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"
#include "eid/approval/v1/case.pb.h"
#include "eid/verification/v1/verification.pb.h"

namespace eid::approval {

// No clock warns earlier before its due time than this.
inline constexpr absl::Duration kLongestWarning = absl::Hours(24 * 31);

// The periods that approval counts. Immutable: any thread.
class StatutoryPeriods {
 public:
  StatutoryPeriods(calendar::Calendar calendar, calendar::LegalPeriods periods)
      : calendar_(std::move(calendar)), periods_(std::move(periods)) {}

  // A clock that runs from `receive_time`. INVALID_ARGUMENT: no class, or a day for which no period
  // was in force.
  absl::StatusOr<v1::Clock> Start(absl::Time receive_time,
                                  verification::v1::DeadlineClass deadline_class) const;

  // Within how many days of the notice an account must be activated (Art. 14 khoản 1), on the day
  // of the notice.
  absl::StatusOr<int> ActivationDays(absl::Time notice_time) const;

 private:
  calendar::Calendar calendar_;
  calendar::LegalPeriods periods_;
};

// Whether it counts.
bool IsRunning(const v1::Clock& clock);

// How it stands.
v1::ClockMark MarkAt(const v1::Clock& clock, absl::Time now);

// Stops it, if it runs.
void StopClock(v1::Clock& clock, absl::Time now);

}  // namespace eid::approval
