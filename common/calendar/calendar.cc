// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/calendar.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/calendar/civil_dates.h"
#include "common/calendar/computed_year.h"
#include "common/status/macros.h"

namespace eid::calendar {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2199;

using Days = std::set<absl::CivilDay>;

bool IsYear(int64_t year) { return year >= kFirstYear && year <= kLastYear; }

absl::Status Wrong(absl::string_view what, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", why));
}

absl::StatusOr<Days> AnnouncedDaysOff(const Year& year) {
  Days days;
  for (const Holiday& holiday : year.holidays()) {
    const std::string what = absl::StrCat("holiday \"", holiday.name(), "\" of ", year.year());
    ASSIGN_OR_RETURN(const absl::CivilDay day, ToCivilDay(holiday.date(), what));
    if (day.year() != year.year()) return Wrong(what, "lies in another year");
    if (IsWeekend(day)) return Wrong(what, "is on a weekend, which is off anyway");
    if (!days.insert(day).second) return Wrong(what, "is given twice");
  }
  return days;
}

absl::StatusOr<Days> WorkingSaturdays(const Year& year, const Days& days_off) {
  Days days;
  for (const WorkingSaturday& saturday : year.working_saturdays()) {
    const std::string what = absl::StrCat("working Saturday of ", year.year());
    ASSIGN_OR_RETURN(const absl::CivilDay day, ToCivilDay(saturday.date(), what));
    ASSIGN_OR_RETURN(const absl::CivilDay instead_of, ToCivilDay(saturday.instead_of(), what));
    if (day.year() != year.year()) return Wrong(what, "lies in another year");
    if (absl::GetWeekday(day) != absl::Weekday::saturday) return Wrong(what, "is no Saturday");
    if (instead_of.year() == year.year() && days_off.count(instead_of) == 0) {
      return Wrong(what, "stands for a day that is not off");
    }
    if (!days.insert(day).second) return Wrong(what, "is given twice");
  }
  return days;
}

absl::StatusOr<std::map<int64_t, LunarHolidays>> LunarHolidaysOf(const CalendarData& data) {
  std::map<int64_t, LunarHolidays> all;
  for (const LunarDates& dates : data.lunar_dates()) {
    const std::string what = absl::StrCat("lunar dates of ", dates.year());
    ASSIGN_OR_RETURN(const absl::CivilDay new_year, ToCivilDay(dates.new_year(), what));
    ASSIGN_OR_RETURN(const absl::CivilDay hung_kings_day, ToCivilDay(dates.hung_kings_day(), what));
    if (new_year.year() != dates.year() || hung_kings_day.year() != dates.year()) {
      return Wrong(what, "lie in another year");
    }
    if (!all.emplace(dates.year(), LunarHolidays{new_year, hung_kings_day}).second) {
      return Wrong(what, "are given twice");
    }
  }
  return all;
}

bool Announces(const Year& year, absl::string_view name) {
  for (const Holiday& holiday : year.holidays()) {
    if (holiday.name() == name) return true;
  }
  return false;
}

// `announced` is null for a computed year.
void AddOptionalHolidays(const CalendarData& data, int64_t year, const Year* announced,
                         Days& days_off) {
  for (const OptionalHoliday& holiday : data.optional_holidays()) {
    if (!holiday.enabled() || year < holiday.first_year()) continue;
    if (announced != nullptr && Announces(*announced, holiday.name())) continue;
    AddWithMakeUp(absl::CivilDay(year, holiday.month(), holiday.day()), days_off);
  }
}

absl::Status CheckOptionalHolidays(const CalendarData& data) {
  for (const OptionalHoliday& holiday : data.optional_holidays()) {
    const std::string what = absl::StrCat("optional holiday \"", holiday.name(), "\"");
    google::type::Date date;
    // Not a leap year: the day must exist every year.
    date.set_year(2001);
    date.set_month(holiday.month());
    date.set_day(holiday.day());
    RETURN_IF_ERROR(ToCivilDay(date, what).status());
    if (holiday.name().empty()) return Wrong(what, "has no name");
    if (!IsYear(holiday.first_year())) return Wrong(what, "has no first year");
  }
  return absl::OkStatus();
}

}  // namespace

absl::TimeZone VietnamTimeZone() { return absl::FixedTimeZone(7 * 60 * 60); }

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, VietnamTimeZone()); }

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, VietnamTimeZone()); }

absl::StatusOr<Calendar> Calendar::Create(const CalendarData& data) {
  Calendar calendar;
  calendar.version_ = data.version();
  if (data.version().empty()) return absl::InvalidArgumentError("the calendar has no version");
  RETURN_IF_ERROR(CheckOptionalHolidays(data));
  ASSIGN_OR_RETURN(const auto lunar, LunarHolidaysOf(data));
  std::map<int64_t, const Year*> announced;
  for (const Year& year : data.years()) {
    const std::string what = absl::StrCat("year ", year.year());
    if (!IsYear(year.year())) return Wrong(what, "must be 1900 to 2199");
    if (year.source().empty()) return Wrong(what, "has no source");
    if (!announced.emplace(year.year(), &year).second) return Wrong(what, "is given twice");
  }
  for (int64_t year = kFirstYear; year <= kLastYear; ++year) {
    Days days_off;
    const auto given = announced.find(year);
    const Year* source = given == announced.end() ? nullptr : given->second;
    if (source != nullptr) {
      ASSIGN_OR_RETURN(days_off, AnnouncedDaysOff(*source));
      ASSIGN_OR_RETURN(const Days saturdays, WorkingSaturdays(*source, days_off));
      for (const absl::CivilDay day : saturdays) calendar.working_saturdays_.insert(DayNumber(day));
      calendar.announced_years_.insert(year);
    } else {
      const auto dates = lunar.find(year);
      days_off = ComputeDaysOff(static_cast<int>(year),
                                dates == lunar.end() ? std::nullopt : std::optional(dates->second));
    }
    AddOptionalHolidays(data, year, source, days_off);
    for (const absl::CivilDay day : days_off) calendar.days_off_.insert(DayNumber(day));
  }
  return calendar;
}

bool Calendar::IsWorkingDay(absl::CivilDay day) const {
  const int64_t number = DayNumber(day);
  if (IsWeekend(day)) return working_saturdays_.contains(number);
  return !days_off_.contains(number);
}

absl::CivilDay Calendar::AddWorkingDays(absl::CivilDay day, int n) const {
  const int step = n < 0 ? -1 : 1;
  while (n != 0) {
    day += step;
    if (IsWorkingDay(day)) n -= step;
  }
  return day;
}

absl::CivilDay Calendar::WorkingDayFrom(absl::CivilDay day) const {
  while (!IsWorkingDay(day)) ++day;
  return day;
}

absl::CivilDay Calendar::EndOfPeriod(absl::CivilDay day, int n) const {
  return WorkingDayFrom(day + n);
}

bool Calendar::IsComplete(absl::CivilDay first, absl::CivilDay last) const {
  for (int64_t year = first.year(); year <= last.year(); ++year) {
    if (!announced_years_.contains(year)) return false;
  }
  return true;
}

}  // namespace eid::calendar
