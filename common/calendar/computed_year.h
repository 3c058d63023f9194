// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "absl/time/civil_time.h"

namespace eid::calendar {

struct LunarHolidays {
  absl::CivilDay new_year;
  absl::CivilDay hung_kings_day;
};

// Adds `day` to the weekdays off; if it is a weekend or taken, the next weekday that is free.
void AddWithMakeUp(absl::CivilDay day, std::set<absl::CivilDay>& days_off);

// The weekdays off of a year as Art. 112 of the Labour Code 2019 gives them, before anybody
// announced it: 1 January; five days of Tết, from its eve, and Hùng Kings' day where the lunar
// dates are known; 30 April, 1 May; 2 September with the day before it, or after it when the day
// before is a weekend.
std::set<absl::CivilDay> ComputeDaysOff(int year, const std::optional<LunarHolidays>& lunar);

}  // namespace eid::calendar
