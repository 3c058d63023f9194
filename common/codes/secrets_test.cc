// SPDX-License-Identifier: Apache-2.0
#include "common/codes/secrets.h"

#include <string>

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

using policy::v1::FieldReason;

TEST_CASE("passwords with the four classes are accepted") {
  const std::string cases[] = {
      "Bantay7!",  "Song-Hong 1 (dai)",           "xuân Hạ thu đông 4 Mùa!",
      "tRe#9lang", "A1b$" + std::string(60, 'x'),
  };
  for (const std::string& value : cases) {
    CAPTURE(value);
    CHECK_FALSE(CheckPassword(value).has_value());
  }
  for (const char special : std::string("!@#$^*()_")) {
    CAPTURE(special);
    CHECK_FALSE(CheckPassword(std::string("Bantay7") + special).has_value());
  }
}

TEST_CASE("other passwords are refused with the reason") {
  struct Case {
    std::string value;
    FieldReason reason;
  };
  const Case cases[] = {
      {"", policy::v1::FIELD_REASON_REQUIRED},
      {"Abcd7!x", policy::v1::FIELD_REASON_TOO_SHORT},
      {"A1b$" + std::string(61, 'x'), policy::v1::FIELD_REASON_TOO_LONG},
      {"A1b$" + std::string(124, 'x'), policy::v1::FIELD_REASON_TOO_LONG},
      {"A1b$" + std::string(100000, 'x'), policy::v1::FIELD_REASON_TOO_LONG},
      {"bantay7!", policy::v1::FIELD_REASON_MALFORMED},
      {"BANTAY7!", policy::v1::FIELD_REASON_MALFORMED},
      {"Bantayy!", policy::v1::FIELD_REASON_MALFORMED},
      {"Bantay77", policy::v1::FIELD_REASON_MALFORMED},
      // Special characters outside the list do not stand for it.
      {"Bantay7-", policy::v1::FIELD_REASON_MALFORMED},
      // Nor do letters with marks for a class: they are not on every keyboard.
      {"ĐặngThị7!", policy::v1::FIELD_REASON_UNSPECIFIED},
      {"ĐẶ7!ĐẶĐẶ", policy::v1::FIELD_REASON_MALFORMED},
      {"Bantay7!\n", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {std::string("Bantay7!\0", 9), policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Bantay7!\xFF", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"P@ssw0rd", policy::v1::FIELD_REASON_NOT_ALLOWED},
      {"Abc@1234", policy::v1::FIELD_REASON_NOT_ALLOWED},
      {"VNeID@123", policy::v1::FIELD_REASON_NOT_ALLOWED},
      {"vietNAM@2026", policy::v1::FIELD_REASON_NOT_ALLOWED},
      {"1qaz@WSX", policy::v1::FIELD_REASON_NOT_ALLOWED},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value.substr(0, 40), c.value.size());
    const auto error = CheckPassword(c.value);
    CHECK((error.has_value() ? error->reason : policy::v1::FIELD_REASON_UNSPECIFIED) == c.reason);
    if (error.has_value() && c.value.size() > 0) {
      CHECK(error->description.find(c.value) == std::string::npos);
    }
  }
}

TEST_CASE("a password's length is counted after composition") {
  // Seven letters of which one is written with two marks: seven characters, not nine.
  CHECK(CheckPassword("Abe\u0302\u0301d7!")->reason == policy::v1::FIELD_REASON_TOO_SHORT);
  CHECK_FALSE(CheckPassword("Abe\u0302\u0301dxy7!").has_value());
  std::string marks = "A1b$";
  for (int i = 0; i < 60; ++i) marks += "e\u0302\u0301";
  CHECK_FALSE(CheckPassword(marks).has_value());
  CHECK(CheckPassword(marks + "x")->reason == policy::v1::FIELD_REASON_TOO_LONG);
}

TEST_CASE("passcodes that are not obvious are accepted") {
  for (const char* value : {"135790", "102938", "112233", "123457", "900121", "121212"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckPasscode(value).has_value());
  }
}

TEST_CASE("other passcodes are refused with the reason") {
  CHECK(CheckPasscode("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  for (const char* value : {"12345", "1234567", "12345a", "      ", "-12345"}) {
    CAPTURE(value);
    CHECK(CheckPasscode(value)->reason == policy::v1::FIELD_REASON_MALFORMED);
  }
  for (char digit = '0'; digit <= '9'; ++digit) {
    CHECK(CheckPasscode(std::string(6, digit))->reason == policy::v1::FIELD_REASON_NOT_ALLOWED);
  }
  for (int first = 0; first <= 9; ++first) {
    std::string up;
    std::string down;
    for (int i = 0; i < 6; ++i) {
      up += static_cast<char>('0' + (first + i) % 10);
      down += static_cast<char>('0' + (first + 10 - i) % 10);
    }
    CAPTURE(up, down);
    CHECK(CheckPasscode(up)->reason == policy::v1::FIELD_REASON_NOT_ALLOWED);
    CHECK(CheckPasscode(down)->reason == policy::v1::FIELD_REASON_NOT_ALLOWED);
  }
}

}  // namespace
}  // namespace eid::codes
