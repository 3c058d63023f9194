// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/calendar.h"

#include <functional>
#include <string>

#include "common/calendar/testing/rules.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"

namespace eid::calendar {
namespace {

using Day = absl::CivilDay;

// The data of deploy/rules with something changed.
absl::StatusOr<Calendar> CalendarWith(const std::function<void(CalendarData&)>& change) {
  CalendarData data = TestCalendarData();
  change(data);
  return Calendar::Create(data);
}

Calendar WithCultureDay() {
  return eid::testing::Value(CalendarWith(
      [](CalendarData& data) { data.mutable_optional_holidays(0)->set_enabled(true); }));
}

TEST_CASE("public offices rest on the announced days and on weekends") {
  const Calendar& calendar = TestCalendar();
  const Day off[] = {Day(2025, 1, 1),   Day(2025, 1, 27),  Day(2025, 1, 31), Day(2025, 4, 7),
                     Day(2025, 4, 30),  Day(2025, 5, 1),   Day(2025, 5, 2),  Day(2025, 9, 1),
                     Day(2025, 9, 2),   Day(2026, 1, 1),   Day(2026, 1, 2),  Day(2026, 2, 16),
                     Day(2026, 2, 20),  Day(2026, 4, 26),  Day(2026, 4, 27), Day(2026, 4, 30),
                     Day(2026, 5, 1),   Day(2026, 8, 31),  Day(2026, 9, 1),  Day(2026, 9, 2),
                     Day(2026, 11, 21), Day(2026, 11, 22), Day(2025, 6, 28), Day(2025, 7, 12)};
  for (const Day day : off) {
    CAPTURE(absl::FormatCivilTime(day));
    CHECK_FALSE(calendar.IsWorkingDay(day));
  }
  const Day working[] = {Day(2025, 4, 26), Day(2026, 1, 10), Day(2026, 8, 22),  Day(2025, 1, 2),
                         Day(2025, 4, 29), Day(2026, 2, 13), Day(2026, 2, 23),  Day(2026, 4, 28),
                         Day(2026, 4, 29), Day(2026, 9, 3),  Day(2026, 11, 24), Day(2026, 12, 31)};
  for (const Day day : working) {
    CAPTURE(absl::FormatCivilTime(day));
    CHECK(calendar.IsWorkingDay(day));
  }
}

TEST_CASE("24 November is a working day until the operator says otherwise") {
  const Calendar calendar = WithCultureDay();
  CHECK_FALSE(calendar.IsWorkingDay(Day(2026, 11, 24)));
  CHECK(calendar.IsWorkingDay(Day(2025, 11, 24)));
  // A Wednesday, then a Friday, in computed years.
  CHECK_FALSE(calendar.IsWorkingDay(Day(2027, 11, 24)));
  CHECK_FALSE(calendar.IsWorkingDay(Day(2028, 11, 24)));
  // On Saturday in 2029: made up on Monday.
  CHECK_FALSE(calendar.IsWorkingDay(Day(2029, 11, 26)));
  CHECK(calendar.IsWorkingDay(Day(2029, 11, 27)));
  CHECK(TestCalendar().IsWorkingDay(Day(2029, 11, 26)));
}

TEST_CASE("a year that announces the optional holiday itself is left as it is") {
  const Calendar calendar = eid::testing::Value(CalendarWith([](CalendarData& data) {
    data.mutable_optional_holidays(0)->set_enabled(true);
    Holiday& day = *data.mutable_years(1)->add_holidays();
    day.mutable_date()->set_year(2026);
    day.mutable_date()->set_month(11);
    day.mutable_date()->set_day(23);
    day.set_name(data.optional_holidays(0).name());
  }));
  CHECK_FALSE(calendar.IsWorkingDay(Day(2026, 11, 23)));
  CHECK(calendar.IsWorkingDay(Day(2026, 11, 24)));
}

TEST_CASE("a year without announcement is computed and marked") {
  const Calendar& calendar = TestCalendar();
  const Day off[] = {Day(2027, 1, 1), Day(2027, 2, 5), Day(2027, 2, 8), Day(2027, 2, 9),
                     // Mùng 1 and 2 fall on a weekend.
                     Day(2027, 2, 10), Day(2027, 2, 11), Day(2027, 4, 16), Day(2027, 4, 30),
                     // For Saturday 1 May.
                     Day(2027, 5, 3), Day(2027, 9, 1), Day(2027, 9, 2),
                     // Tết of 2030 by the Vietnamese calendar: Saturday 2 February.
                     Day(2030, 2, 1), Day(2030, 2, 4), Day(2030, 2, 5), Day(2030, 2, 6),
                     Day(2030, 2, 7), Day(2030, 4, 12),
                     // 1 September 2024 was a Sunday: 3 September.
                     Day(2024, 9, 2), Day(2024, 9, 3)};
  for (const Day day : off) {
    CAPTURE(absl::FormatCivilTime(day));
    CHECK_FALSE(calendar.IsWorkingDay(day));
  }
  for (const Day day : {Day(2027, 2, 4), Day(2027, 2, 12), Day(2027, 5, 4), Day(2027, 9, 3),
                        Day(2030, 1, 31), Day(2030, 2, 8), Day(2024, 9, 4)}) {
    CAPTURE(absl::FormatCivilTime(day));
    CHECK(calendar.IsWorkingDay(day));
  }
  CHECK(calendar.IsComplete(Day(2025, 1, 1), Day(2026, 12, 31)));
  CHECK_FALSE(calendar.IsComplete(Day(2026, 12, 31), Day(2027, 1, 4)));
  CHECK_FALSE(calendar.IsComplete(Day(2024, 12, 31), Day(2025, 1, 4)));
}

TEST_CASE("years beyond the lunar table know the fixed holidays") {
  const Calendar& calendar = TestCalendar();
  CHECK_FALSE(calendar.IsWorkingDay(Day(2040, 9, 3)));
  CHECK_FALSE(calendar.IsWorkingDay(Day(2041, 1, 1)));
  // A Monday, and nothing more is known of it.
  CHECK(calendar.IsWorkingDay(Day(2300, 1, 1)));
}

TEST_CASE("working days are counted in both directions") {
  const Calendar& calendar = TestCalendar();
  CHECK(calendar.AddWorkingDays(Day(2026, 2, 13), 1) == Day(2026, 2, 23));
  CHECK(calendar.AddWorkingDays(Day(2026, 2, 23), -1) == Day(2026, 2, 13));
  CHECK(calendar.AddWorkingDays(Day(2026, 2, 18), 1) == Day(2026, 2, 23));
  CHECK(calendar.AddWorkingDays(Day(2026, 2, 18), -1) == Day(2026, 2, 13));
  CHECK(calendar.AddWorkingDays(Day(2026, 2, 18), 0) == Day(2026, 2, 18));
  CHECK(calendar.WorkingDayFrom(Day(2026, 2, 18)) == Day(2026, 2, 23));
  CHECK(calendar.WorkingDayFrom(Day(2026, 2, 23)) == Day(2026, 2, 23));
  CHECK(calendar.EndOfPeriod(Day(2026, 2, 13), 15) == Day(2026, 3, 2));
}

TEST_CASE("over ten years: counting is monotone, ends on working days, and undoes itself") {
  const Calendar with_culture_day = WithCultureDay();
  for (const Calendar* calendar : {&TestCalendar(), &with_culture_day}) {
    for (const int n : {1, 2, 3, 7, 15, 30}) {
      Day last_end(1, 1, 1);
      Day last_roll(1, 1, 1);
      for (Day day(2025, 1, 1); day < Day(2035, 1, 1); ++day) {
        const Day end = calendar->AddWorkingDays(day, n);
        const Day roll = calendar->EndOfPeriod(day, n);
        bool right = calendar->IsWorkingDay(end) && calendar->IsWorkingDay(roll);
        right = right && end >= day + n && end >= last_end && roll >= day + n && roll >= last_roll;
        // No run of days off is longer than Tết with a weekend at each end and one make-up day.
        right = right && roll <= day + n + 11;
        if (calendar->IsWorkingDay(day)) right = right && calendar->AddWorkingDays(end, -n) == day;
        if (!right)
          FAIL(absl::FormatCivilTime(day) << " + " << n << " = " << absl::FormatCivilTime(end));
        last_end = end;
        last_roll = roll;
      }
    }
  }
}

TEST_CASE("every computed year has its eleven days off") {
  const Calendar& calendar = TestCalendar();
  for (int year = 2027; year <= 2032; ++year) {
    int off = 0;
    for (Day day(year, 1, 1); day.year() == year; ++day) {
      const absl::Weekday weekday = absl::GetWeekday(day);
      const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
      off += !weekend && !calendar.IsWorkingDay(day);
    }
    CAPTURE(year);
    CHECK(off == 11);
  }
}

void Set(google::type::Date& date, int year, int month, int day) {
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
}

TEST_CASE("broken data is refused, and the message names the entry") {
  struct Case {
    const char* what;
    std::function<void(CalendarData&)> change;
    const char* message;
  };
  const Case cases[] = {
      {"no version", [](CalendarData& d) { d.clear_version(); }, "version"},
      {"a year twice", [](CalendarData& d) { *d.add_years() = d.years(0); },
       "year 2025: is given twice"},
      {"a year out of range", [](CalendarData& d) { d.add_years()->set_year(1899); }, "year 1899"},
      {"no source", [](CalendarData& d) { d.mutable_years(0)->clear_source(); },
       "year 2025: has no source"},
      {"a holiday on a weekend",
       [](CalendarData& d) {
         Set(*d.mutable_years(0)->mutable_holidays(0)->mutable_date(), 2025, 1, 4);
       },
       "weekend"},
      {"a holiday of another year",
       [](CalendarData& d) {
         Set(*d.mutable_years(0)->mutable_holidays(0)->mutable_date(), 2026, 1, 5);
       },
       "another year"},
      {"a day that does not exist",
       [](CalendarData& d) {
         Set(*d.mutable_years(0)->mutable_holidays(0)->mutable_date(), 2025, 2, 29);
       },
       "no such day"},
      {"a holiday twice",
       [](CalendarData& d) { *d.mutable_years(0)->add_holidays() = d.years(0).holidays(0); },
       "twice"},
      {"a working Sunday",
       [](CalendarData& d) {
         Set(*d.mutable_years(0)->mutable_working_saturdays(0)->mutable_date(), 2025, 4, 27);
       },
       "no Saturday"},
      {"a Saturday for a day that is not off",
       [](CalendarData& d) {
         Set(*d.mutable_years(0)->mutable_working_saturdays(0)->mutable_instead_of(), 2025, 5, 5);
       },
       "not off"},
      {"lunar dates twice", [](CalendarData& d) { *d.add_lunar_dates() = d.lunar_dates(0); },
       "twice"},
      {"lunar dates of another year",
       [](CalendarData& d) { d.mutable_lunar_dates(0)->set_year(2033); }, "another year"},
      {"an optional day that does not exist",
       [](CalendarData& d) { d.mutable_optional_holidays(0)->set_day(31); }, "no such day"},
      {"an optional day without a first year",
       [](CalendarData& d) { d.mutable_optional_holidays(0)->clear_first_year(); }, "first year"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const auto calendar = CalendarWith(c.change);
    CHECK(calendar.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(calendar.status().message()), Catch::Contains(c.message));
  }
}

TEST_CASE("days and instants meet at UTC+7") {
  const absl::Time midnight =
      absl::FromCivil(absl::CivilSecond(2026, 11, 20, 17, 0, 0), absl::UTCTimeZone());
  CHECK(StartOf(Day(2026, 11, 21)) == midnight);
  CHECK(DayOf(midnight) == Day(2026, 11, 21));
  CHECK(DayOf(midnight - absl::Nanoseconds(1)) == Day(2026, 11, 20));
}

TEST_CASE("a missing file is an error") {
  CHECK_FALSE(LoadCalendar("/nonexistent/calendar.textproto").ok());
}

}  // namespace
}  // namespace eid::calendar
