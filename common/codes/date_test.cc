// SPDX-License-Identifier: Apache-2.0
#include "common/codes/date.h"

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

TEST_CASE("days of the calendar are accepted, others refused") {
  struct Case {
    int year, month, day;
    policy::v1::FieldReason reason;
  };
  const Case cases[] = {
      {2026, 11, 21, policy::v1::FIELD_REASON_UNSPECIFIED},
      {2024, 2, 29, policy::v1::FIELD_REASON_UNSPECIFIED},
      {2000, 2, 29, policy::v1::FIELD_REASON_UNSPECIFIED},
      {1, 1, 1, policy::v1::FIELD_REASON_UNSPECIFIED},
      {9999, 12, 31, policy::v1::FIELD_REASON_UNSPECIFIED},
      {0, 0, 0, policy::v1::FIELD_REASON_REQUIRED},
      {2025, 2, 29, policy::v1::FIELD_REASON_MALFORMED},
      {1900, 2, 29, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 4, 31, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 13, 1, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 0, 1, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 1, 0, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 1, 32, policy::v1::FIELD_REASON_MALFORMED},
      {2026, -1, 5, policy::v1::FIELD_REASON_MALFORMED},
      {2026, 0, 0, policy::v1::FIELD_REASON_MALFORMED},
      {0, 5, 5, policy::v1::FIELD_REASON_MALFORMED},
      {-4, 5, 5, policy::v1::FIELD_REASON_MALFORMED},
      {10000, 1, 1, policy::v1::FIELD_REASON_MALFORMED},
      {2147483647, 2147483647, 2147483647, policy::v1::FIELD_REASON_MALFORMED},
  };
  for (const Case& c : cases) {
    CAPTURE(c.year, c.month, c.day);
    const auto error = CheckDate(c.year, c.month, c.day);
    CHECK((error.has_value() ? error->reason : policy::v1::FIELD_REASON_UNSPECIFIED) == c.reason);
  }
}

TEST_CASE("a date is held to both ends, the ends included") {
  const absl::CivilDay first(1900, 1, 1);
  const absl::CivilDay today(2026, 11, 21);
  CHECK_FALSE(CheckDateBetween(1900, 1, 1, first, today).has_value());
  CHECK_FALSE(CheckDateBetween(2026, 11, 21, first, today).has_value());
  CHECK(CheckDateBetween(1899, 12, 31, first, today)->reason ==
        policy::v1::FIELD_REASON_OUT_OF_RANGE);
  CHECK(CheckDateBetween(2026, 11, 22, first, today)->reason ==
        policy::v1::FIELD_REASON_OUT_OF_RANGE);
  CHECK(CheckDateBetween(2026, 2, 30, first, today)->reason == policy::v1::FIELD_REASON_MALFORMED);
  CHECK(CheckDateBetween(0, 0, 0, first, today)->reason == policy::v1::FIELD_REASON_REQUIRED);
}

TEST_CASE("a year of age is full on the birthday") {
  const absl::CivilDay birth(2012, 11, 21);
  CHECK(FullYears(birth, absl::CivilDay(2026, 11, 20)) == 13);
  CHECK(FullYears(birth, absl::CivilDay(2026, 11, 21)) == 14);
  CHECK(FullYears(birth, absl::CivilDay(2027, 11, 20)) == 14);
  CHECK(FullYears(birth, birth) == 0);
  CHECK(FullYears(birth, birth - 1) == -1);
  CHECK(FullYears(absl::CivilDay(2020, 1, 31), absl::CivilDay(2026, 2, 1)) == 6);
}

TEST_CASE("who is born on 29 February is a year older on 1 March of a common year") {
  const absl::CivilDay birth(2012, 2, 29);
  CHECK(FullYears(birth, absl::CivilDay(2026, 2, 28)) == 13);
  CHECK(FullYears(birth, absl::CivilDay(2026, 3, 1)) == 14);
  CHECK(FullYears(birth, absl::CivilDay(2028, 2, 28)) == 15);
  CHECK(FullYears(birth, absl::CivilDay(2028, 2, 29)) == 16);
}

}  // namespace
}  // namespace eid::codes
