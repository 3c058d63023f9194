// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/computed_year.h"

#include "common/calendar/civil_dates.h"

namespace eid::calendar {

void AddWithMakeUp(absl::CivilDay day, std::set<absl::CivilDay>& days_off) {
  while (IsWeekend(day) || days_off.count(day) > 0) ++day;
  days_off.insert(day);
}

std::set<absl::CivilDay> ComputeDaysOff(int year, const std::optional<LunarHolidays>& lunar) {
  const absl::CivilDay national_day(year, 9, 2);
  std::set<absl::CivilDay> holidays = {
      absl::CivilDay(year, 1, 1), absl::CivilDay(year, 4, 30), absl::CivilDay(year, 5, 1),
      national_day, IsWeekend(national_day - 1) ? national_day + 1 : national_day - 1};
  if (lunar.has_value()) {
    for (int i = -1; i <= 3; ++i) holidays.insert(lunar->new_year + i);
    holidays.insert(lunar->hung_kings_day);
  }
  std::set<absl::CivilDay> days_off;
  for (const absl::CivilDay day : holidays) {
    if (!IsWeekend(day)) days_off.insert(day);
  }
  for (const absl::CivilDay day : holidays) {
    if (IsWeekend(day)) AddWithMakeUp(day, days_off);
  }
  return days_off;
}

}  // namespace eid::calendar
