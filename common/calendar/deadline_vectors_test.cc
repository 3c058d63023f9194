// SPDX-License-Identifier: Apache-2.0
// The deadlines that were worked out by hand from the announced calendars of 2025 and 2026.
#include <optional>

#include "common/calendar/legal_periods.h"
#include "common/calendar/testing/rules.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"

namespace eid::calendar {
namespace {

using Day = absl::CivilDay;

struct Vector {
  Day received;
  Day one_wd;
  Day three_wd;
  std::optional<Day> seven_wd;
  std::optional<Day> fifteen_days;
};

const Vector kVectors[] = {
    {Day(2025, 6, 27), Day(2025, 6, 30), Day(2025, 7, 2), Day(2025, 7, 8), Day(2025, 7, 14)},
    {Day(2025, 4, 25), Day(2025, 4, 26), Day(2025, 4, 29), Day(2025, 5, 8), Day(2025, 5, 12)},
    {Day(2025, 12, 31), Day(2026, 1, 5), Day(2026, 1, 7), Day(2026, 1, 12), Day(2026, 1, 15)},
    {Day(2026, 1, 7), Day(2026, 1, 8), Day(2026, 1, 10), Day(2026, 1, 15), Day(2026, 1, 22)},
    {Day(2026, 2, 12), Day(2026, 2, 13), Day(2026, 2, 24), Day(2026, 3, 2), Day(2026, 2, 27)},
    {Day(2026, 2, 13), Day(2026, 2, 23), Day(2026, 2, 25), Day(2026, 3, 3), Day(2026, 3, 2)},
    {Day(2026, 4, 24), Day(2026, 4, 28), Day(2026, 5, 4), Day(2026, 5, 8), Day(2026, 5, 11)},
    {Day(2026, 8, 21), Day(2026, 8, 22), Day(2026, 8, 25), Day(2026, 9, 3), Day(2026, 9, 7)},
    {Day(2026, 8, 28), Day(2026, 9, 3), Day(2026, 9, 7), Day(2026, 9, 11), Day(2026, 9, 14)},
    {Day(2026, 11, 20), Day(2026, 11, 23), Day(2026, 11, 25), std::nullopt, std::nullopt},
};

TEST_CASE("working days are counted as worked out by hand") {
  const Calendar& calendar = TestCalendar();
  for (const Vector& v : kVectors) {
    CAPTURE(absl::FormatCivilTime(v.received));
    CHECK(calendar.AddWorkingDays(v.received, 1) == v.one_wd);
    CHECK(calendar.AddWorkingDays(v.received, 3) == v.three_wd);
    if (v.seven_wd.has_value()) CHECK(calendar.AddWorkingDays(v.received, 7) == *v.seven_wd);
    if (v.fifteen_days.has_value()) CHECK(calendar.EndOfPeriod(v.received, 15) == *v.fifteen_days);
  }
}

TEST_CASE(
    "the periods of law end on the days worked out by hand, at any time of the day of receipt") {
  for (const Vector& v : kVectors) {
    for (const absl::Duration at :
         {absl::ZeroDuration(), absl::Hours(9), absl::Hours(24) - absl::Nanoseconds(1)}) {
      const absl::Time received = StartOf(v.received) + at;
      const auto last_day = [&](absl::string_view id) {
        const Deadline deadline =
            eid::testing::Value(TestLegalPeriods().DeadlineFor(id, received, TestCalendar()));
        CHECK(deadline.due_time == StartOf(deadline.last_day + 1));
        CHECK(deadline.calendar_complete);
        return deadline.last_day;
      };
      CAPTURE(absl::FormatCivilTime(v.received), absl::FormatDuration(at));
      CHECK(last_day(period::kCitizenLevel1) == v.one_wd);
      CHECK(last_day(period::kLockForward) == v.one_wd);
      CHECK(last_day(period::kOrganizationInDatabase) == v.three_wd);
      CHECK(last_day(period::kCitizenLevel2) == v.three_wd);
      if (v.seven_wd.has_value()) CHECK(last_day(period::kCitizenWithoutCard) == *v.seven_wd);
      if (v.fifteen_days.has_value())
        CHECK(last_day(period::kOrganizationToVerify) == *v.fifteen_days);
    }
  }
}

TEST_CASE("with 24 November off, the deadline over it is a day later, and no other changes") {
  CalendarData data = TestCalendarData();
  data.mutable_optional_holidays(0)->set_enabled(true);
  const Calendar calendar = eid::testing::Value(Calendar::Create(data));
  CHECK(calendar.AddWorkingDays(Day(2026, 11, 20), 1) == Day(2026, 11, 23));
  CHECK(calendar.AddWorkingDays(Day(2026, 11, 20), 3) == Day(2026, 11, 26));
  for (const Vector& v : kVectors) {
    if (!v.fifteen_days.has_value()) continue;
    CHECK(calendar.AddWorkingDays(v.received, 1) == v.one_wd);
    CHECK(calendar.AddWorkingDays(v.received, 3) == v.three_wd);
    CHECK(calendar.AddWorkingDays(v.received, 7) == *v.seven_wd);
    CHECK(calendar.EndOfPeriod(v.received, 15) == *v.fifteen_days);
  }
}

}  // namespace
}  // namespace eid::calendar
