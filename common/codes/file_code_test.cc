// SPDX-License-Identifier: Apache-2.0
#include "common/codes/file_code.h"

#include <set>
#include <string>

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

const absl::CivilDay kDay(2025, 7, 1);

TEST_CASE("file codes of both forms are accepted") {
  for (const char* value : {"000.00.00.G22-250701-0001", "G01.899.107.000-250701-0001",
                            "G01-261121-9999", "G01.899-261121-10000", "H26.12-240229-0042",
                            "G01.899-261121-999999", "G01.899-261121-00001"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckFileCode(value).has_value());
    CHECK(ParseFileCode(value).has_value());
  }
}

TEST_CASE("other file codes are refused") {
  CHECK(CheckFileCode("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  for (const char* value : {"G01",
                            "G01-250701",
                            "G01-250701-",
                            "G01-250701-001",
                            "G01-250701-1000000",
                            "G01-250701-0000",
                            "G01-250701-000000",
                            "G01-250700-0001",
                            "G01-251301-0001",
                            "G01-250229-0001",
                            "G01-250431-0001",
                            "G01-25070-0001",
                            "G01-2507011-0001",
                            "g01-250701-0001",
                            "G01.8-250701-0001",
                            "G01.8999-250701-0001",
                            "G01.1A.2B.3C.4D-250701-0001",
                            "00.00.00.G22-250701-0001",
                            "000.00.00.022-250701-0001",
                            "000.000.00.G22-250701-0001",
                            "G01-250701-0001-1",
                            "G01-250701-00a1",
                            " G01-250701-0001",
                            "-250701-0001",
                            "G01.899-250701-0001\n"}) {
    CAPTURE(value);
    REQUIRE(CheckFileCode(value).has_value());
    CHECK(CheckFileCode(value)->reason == policy::v1::FIELD_REASON_MALFORMED);
    CHECK_FALSE(ParseFileCode(value).has_value());
  }
}

TEST_CASE("a busy day runs on past 9,999") {
  struct Case {
    int64_t serial;
    const char* code;
  };
  const Case cases[] = {{1, "G01.899-250701-0001"},       {42, "G01.899-250701-0042"},
                        {9999, "G01.899-250701-9999"},    {10000, "G01.899-250701-10000"},
                        {99999, "G01.899-250701-99999"},  {100000, "G01.899-250701-100000"},
                        {999999, "G01.899-250701-999999"}};
  for (const Case& c : cases) {
    const auto code = FormatFileCode("G01.899", kDay, c.serial);
    REQUIRE(code.ok());
    CHECK(*code == c.code);
  }
  CHECK(FormatFileCode("G01.899", kDay, 0).status().code() == absl::StatusCode::kOutOfRange);
  CHECK(FormatFileCode("G01.899", kDay, -1).status().code() == absl::StatusCode::kOutOfRange);
  CHECK(FormatFileCode("G01.899", kDay, 1000000).status().code() == absl::StatusCode::kOutOfRange);
}

TEST_CASE("a file code cannot be made of a wrong unit or another century") {
  CHECK(FormatFileCode("", kDay, 1).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(FormatFileCode("g01", kDay, 1).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(FormatFileCode("G01-1", kDay, 1).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(FormatFileCode("G01", absl::CivilDay(1999, 12, 31), 1).status().code() ==
        absl::StatusCode::kInvalidArgument);
  CHECK(FormatFileCode("G01", absl::CivilDay(2100, 1, 1), 1).status().code() ==
        absl::StatusCode::kInvalidArgument);
  CHECK(CheckFileUnit("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  CHECK(CheckFileUnit("G1")->reason == policy::v1::FIELD_REASON_MALFORMED);
  CHECK_FALSE(CheckFileUnit("000.00.00.G22").has_value());
}

TEST_CASE("what is formatted is read back, and no two files share a code") {
  std::set<std::string> codes;
  int files = 0;
  for (const char* unit : {"000.00.00.G22", "G01", "G01.899", "G01.899.107.000", "H26.A1"}) {
    for (absl::CivilDay day(2024, 2, 27); day < absl::CivilDay(2024, 3, 3); ++day) {
      for (const int64_t serial : {1, 10, 999, 1000, 9999, 10000, 10001, 99999, 100000, 999999}) {
        const auto code = FormatFileCode(unit, day, serial);
        REQUIRE(code.ok());
        const auto parsed = ParseFileCode(*code);
        REQUIRE(parsed.has_value());
        CHECK(parsed->unit == unit);
        CHECK(parsed->date == day);
        CHECK(parsed->serial == serial);
        codes.insert(*code);
        ++files;
      }
    }
  }
  CHECK(codes.size() == static_cast<size_t>(files));
}

}  // namespace
}  // namespace eid::codes
