// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/civil_dates.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace eid::calendar {

absl::StatusOr<absl::CivilDay> ToCivilDay(const google::type::Date& date, absl::string_view what) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // A civil day carries what is too much, or too little, over to its neighbours.
  const bool exact =
      day.year() == date.year() && day.month() == date.month() && day.day() == date.day();
  if (exact && date.year() >= 1 && date.year() <= 9999) return day;
  return absl::InvalidArgumentError(absl::StrCat(what, ": no such day in the calendar"));
}

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

}  // namespace eid::calendar
