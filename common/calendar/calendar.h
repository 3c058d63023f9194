// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.pb.h"

namespace eid::calendar {

// UTC+7, without daylight saving time.
absl::TimeZone VietnamTimeZone();
// The day of an instant in Vietnam.
absl::CivilDay DayOf(absl::Time time);
// 00:00 of a day in Vietnam, which is 24:00 of the day before.
absl::Time StartOf(absl::CivilDay day);

// The working days of public offices: Monday to Friday without public holidays, and the Saturdays
// that were swapped for a weekday (Labour Code 2019, Art. 112 and the yearly announcements).
// Immutable: any thread.
//
// A year without data is computed: fixed holidays, lunar ones where the lunar dates are known, 2
// September with its neighbour, each made up on the next working day if it falls on a rest day.
// IsComplete says so, for an operator to see. Outside 1900–2199 only weekends are known.
class Calendar {
 public:
  // INVALID_ARGUMENT, naming the entry: a date that does not exist or lies outside its year, a
  // holiday on a weekend, a working Saturday that is none, a day or year given twice.
  static absl::StatusOr<Calendar> Create(const CalendarData& data);

  bool IsWorkingDay(absl::CivilDay day) const;

  // The n-th working day after `day` (before it, for a negative n). `day` itself is not counted and
  // need not be a working day; n = 0 gives `day`.
  absl::CivilDay AddWorkingDays(absl::CivilDay day, int n) const;

  // `day` if it is a working day, else the next one.
  absl::CivilDay WorkingDayFrom(absl::CivilDay day) const;

  // The last day of a period of n calendar days (Civil Code 2015, Art. 147–148): `day` is not
  // counted, and an end on a day without work moves to the next working day.
  absl::CivilDay EndOfPeriod(absl::CivilDay day, int n) const;

  // Whether the days off of every year from `first` to `last` were announced.
  bool IsComplete(absl::CivilDay first, absl::CivilDay last) const;

  // Names the data, for records.
  const std::string& version() const { return version_; }

 private:
  Calendar() = default;

  std::string version_;
  absl::flat_hash_set<int64_t> announced_years_;
  // By number of days since 1970-01-01, so that a look-up does no date arithmetic. Weekends are in
  // neither.
  absl::flat_hash_set<int64_t> days_off_;
  absl::flat_hash_set<int64_t> working_saturdays_;
};

// Reads a CalendarData in text format. The errors of the file, and of Create.
absl::StatusOr<Calendar> LoadCalendar(absl::string_view path);

}  // namespace eid::calendar
