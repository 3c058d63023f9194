// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/legal_periods.h"

#include <functional>
#include <string>

#include "common/calendar/testing/rules.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"

namespace eid::calendar {
namespace {

using Day = absl::CivilDay;
using eid::testing::Value;

constexpr absl::string_view kUnderD69[] = {period::kOrganizationInDatabase,
                                           period::kOrganizationToVerify,
                                           period::kCitizenLevel1,
                                           period::kCitizenLevel2,
                                           period::kCitizenWithoutCard,
                                           period::kForeignerLevel1,
                                           period::kForeignerLevel2,
                                           period::kForeignerLevel2Unknown,
                                           period::kActivation,
                                           period::kLockForward,
                                           period::kLockDecide,
                                           period::kRelyingPartyAppraisal};

Deadline DeadlineOn(absl::string_view id, Day day, absl::Duration at = absl::Hours(9)) {
  return Value(TestLegalPeriods().DeadlineFor(id, StartOf(day) + at, TestCalendar()));
}

TEST_CASE("every period of the header is in the data, with the amounts of Decree 69") {
  struct Case {
    absl::string_view id;
    Period::Unit unit;
    int amount;
  };
  const Case cases[] = {
      {period::kOrganizationInDatabase, Period::WORKING_DAY, 3},
      {period::kOrganizationToVerify, Period::CALENDAR_DAY, 15},
      {period::kCitizenLevel1, Period::WORKING_DAY, 1},
      {period::kCitizenLevel2, Period::WORKING_DAY, 3},
      {period::kCitizenWithoutCard, Period::WORKING_DAY, 7},
      {period::kForeignerLevel1, Period::WORKING_DAY, 1},
      {period::kForeignerLevel2, Period::WORKING_DAY, 3},
      {period::kForeignerLevel2Unknown, Period::WORKING_DAY, 7},
      {period::kActivation, Period::CALENDAR_DAY, 7},
      {period::kLockForward, Period::WORKING_DAY, 1},
      {period::kLockDecide, Period::WORKING_DAY, 2},
      {period::kRelyingPartyAppraisal, Period::CALENDAR_DAY, 30},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.id));
    const Period period = Value(TestLegalPeriods().PeriodOn(c.id, Day(2026, 11, 21)));
    CHECK(period.unit() == c.unit);
    CHECK(period.amount() == c.amount);
    CHECK(period.version() == "D69");
  }
}

TEST_CASE("a matter keeps the version that was in force when it was received") {
  const Deadline before = DeadlineOn(period::kOrganizationInDatabase, Day(2024, 6, 27));
  CHECK(before.period_version == "D59");
  CHECK(before.last_day == Day(2024, 6, 28));
  // The last instant under Decree 59 and the first under Decree 69.
  const Deadline last = DeadlineOn(period::kOrganizationInDatabase, Day(2024, 6, 30),
                                   absl::Hours(24) - absl::Seconds(1));
  CHECK(last.period_version == "D59");
  CHECK(last.last_day == Day(2024, 7, 1));
  const Deadline first =
      DeadlineOn(period::kOrganizationInDatabase, Day(2024, 7, 1), absl::ZeroDuration());
  CHECK(first.period_version == "D69");
  CHECK(first.last_day == Day(2024, 7, 4));
}

TEST_CASE("a deadline says by which rule it was found") {
  const Deadline deadline = DeadlineOn(period::kOrganizationInDatabase, Day(2026, 11, 20));
  CHECK(deadline.period_id == period::kOrganizationInDatabase);
  CHECK(deadline.period_version == "D69");
  CHECK_THAT(deadline.article, Catch::Contains("69/2024"));
  CHECK(deadline.calendar_version == TestCalendarData().version());
  CHECK(deadline.calendar_complete);
  CHECK(deadline.due_time == StartOf(Day(2026, 11, 26)));
}

TEST_CASE("the warning is due one working day before the end, but not before the receipt") {
  const Deadline three = DeadlineOn(period::kOrganizationInDatabase, Day(2026, 2, 12));
  CHECK(three.last_day == Day(2026, 2, 24));
  CHECK(three.warn_time == StartOf(Day(2026, 2, 24)));
  // The working day before Monday 23 February is Friday 13 February, the day before Tết.
  const Deadline two = DeadlineOn(period::kLockDecide, Day(2026, 2, 12));
  CHECK(two.last_day == Day(2026, 2, 23));
  CHECK(two.warn_time == StartOf(Day(2026, 2, 14)));
  // Received on a Sunday, due on Monday: the end of Friday is past.
  const Deadline one = DeadlineOn(period::kCitizenLevel1, Day(2026, 11, 22));
  CHECK(one.last_day == Day(2026, 11, 23));
  CHECK(one.warn_time == StartOf(Day(2026, 11, 22)) + absl::Hours(9));
}

TEST_CASE("a period that reaches into a year without announcement says so") {
  CHECK(DeadlineOn(period::kOrganizationInDatabase, Day(2026, 12, 28)).calendar_complete);
  CHECK_FALSE(DeadlineOn(period::kOrganizationInDatabase, Day(2026, 12, 29)).calendar_complete);
  CHECK_FALSE(DeadlineOn(period::kOrganizationToVerify, Day(2026, 12, 20)).calendar_complete);
}

TEST_CASE("over ten years: deadlines are monotone, end with a working day, and warn in time") {
  for (const absl::string_view id : kUnderD69) {
    Deadline last = DeadlineOn(id, Day(2024, 12, 31));
    for (Day day(2025, 1, 1); day < Day(2035, 1, 1); ++day) {
      const Deadline next = DeadlineOn(id, day, absl::Hours(16));
      const bool right = next.due_time >= last.due_time &&
                         TestCalendar().IsWorkingDay(next.last_day) && next.last_day > day &&
                         next.warn_time < next.due_time &&
                         next.warn_time >= StartOf(day) + absl::Hours(16);
      if (!right) FAIL(id << " on " << absl::FormatCivilTime(day));
      last = next;
    }
  }
}

TEST_CASE("what cannot be counted is an error") {
  const auto code = [](absl::string_view id, absl::Time received) {
    return TestLegalPeriods().DeadlineFor(id, received, TestCalendar()).status().code();
  };
  CHECK(code("no.such.period", StartOf(Day(2026, 1, 5))) == absl::StatusCode::kNotFound);
  CHECK(code(period::kOrganizationInDatabase, StartOf(Day(2022, 10, 19))) ==
        absl::StatusCode::kFailedPrecondition);
  CHECK(code(period::kLockForward, StartOf(Day(2024, 6, 30))) ==
        absl::StatusCode::kFailedPrecondition);
  CHECK(code(period::kActivation, absl::InfiniteFuture()) == absl::StatusCode::kInvalidArgument);
  CHECK(code(period::kActivation, absl::InfinitePast()) == absl::StatusCode::kInvalidArgument);
}

// The first period of the data, changed.
absl::Status CreateWith(const std::function<void(PeriodsData&)>& change) {
  PeriodsData data = TestPeriodsData();
  change(data);
  return LegalPeriods::Create(data).status();
}

TEST_CASE("broken periods are refused, and the message names the entry") {
  struct Case {
    const char* what;
    std::function<void(PeriodsData&)> change;
    const char* message;
  };
  const Case cases[] = {
      {"no id", [](PeriodsData& d) { d.mutable_periods(0)->clear_id(); }, "no id"},
      {"no version", [](PeriodsData& d) { d.mutable_periods(0)->clear_version(); }, "no version"},
      {"no article", [](PeriodsData& d) { d.mutable_periods(0)->clear_article(); }, "no article"},
      {"no unit", [](PeriodsData& d) { d.mutable_periods(0)->clear_unit(); }, "unit"},
      {"no amount", [](PeriodsData& d) { d.mutable_periods(0)->clear_amount(); }, "amount"},
      {"an absurd amount", [](PeriodsData& d) { d.mutable_periods(0)->set_amount(100000); },
       "amount"},
      {"a warning after the end",
       [](PeriodsData& d) { d.mutable_periods(0)->set_warn_working_days(-1); }, "warns"},
      {"a warning before the start",
       [](PeriodsData& d) { d.mutable_periods(0)->set_warn_working_days(2); }, "warns"},
      {"no first day", [](PeriodsData& d) { d.mutable_periods(0)->clear_effective_from(); },
       "no such day"},
      {"an end before the start",
       [](PeriodsData& d) { d.mutable_periods(0)->mutable_effective_to()->set_year(2020); },
       "ends before"},
      {"two versions on one day",
       [](PeriodsData& d) { d.mutable_periods(0)->mutable_effective_to()->set_year(2025); },
       "the same day"},
      {"two open versions", [](PeriodsData& d) { d.mutable_periods(0)->clear_effective_to(); },
       "the same day"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const absl::Status status = CreateWith(c.change);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(status.message()), Catch::Contains(c.message));
  }
}

}  // namespace
}  // namespace eid::calendar
