// SPDX-License-Identifier: Apache-2.0
#include "common/codes/personal_id.h"

#include <string>

#include "absl/strings/str_format.h"
#include "common/testing/catch.h"

namespace eid::codes {
namespace {

using policy::v1::FieldReason;

FieldReason ReasonOf(const std::optional<CodeError>& error) {
  return error.has_value() ? error->reason : policy::v1::FIELD_REASON_UNSPECIFIED;
}

TEST_CASE("a personal number tells province, sex and year of birth") {
  struct Case {
    const char* value;
    const char* province;
    Sex sex;
    int year;
  };
  const Case cases[] = {
      {"001090123456", "Hà Nội", Sex::kMale, 1990},
      {"079302000001", "Thành phố Hồ Chí Minh", Sex::kFemale, 2002},
      {"031199000007", "Hải Phòng", Sex::kFemale, 1999},
      {"048200000007", "Đà Nẵng", Sex::kMale, 2000},
      {"096000000000", "Cà Mau", Sex::kMale, 1900},
      {"001499000001", "Hà Nội", Sex::kMale, 2199},
      {"001500000001", "Hà Nội", Sex::kFemale, 2100},
      {"001677000001", "Hà Nội", Sex::kMale, 2277},
      {"001999000001", "Hà Nội", Sex::kFemale, 2399},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK_FALSE(CheckPersonalId(c.value).has_value());
    CHECK(PersonalIdProvince(c.value) == absl::string_view(c.province));
    CHECK(PersonalIdSex(c.value) == c.sex);
    CHECK(PersonalIdBirthYear(c.value) == c.year);
    CHECK_FALSE(HasUnlistedBirthCode(c.value));
    CHECK_FALSE(CheckPersonalIdAgainst(c.value, absl::CivilDay(c.year, 6, 15), c.sex).has_value());
  }
}

TEST_CASE("wrong personal numbers are refused with the reason") {
  struct Case {
    const char* value;
    FieldReason reason;
  };
  const Case cases[] = {
      {"", policy::v1::FIELD_REASON_REQUIRED},
      {"00109012345", policy::v1::FIELD_REASON_MALFORMED},
      {"0010901234567", policy::v1::FIELD_REASON_MALFORMED},
      {"00109012345x", policy::v1::FIELD_REASON_MALFORMED},
      {"001 90123456", policy::v1::FIELD_REASON_MALFORMED},
      {"-01090123456", policy::v1::FIELD_REASON_MALFORMED},
      {"123456789", policy::v1::FIELD_REASON_MALFORMED},
      {"000090123456", policy::v1::FIELD_REASON_UNKNOWN_VALUE},
      {"003090123456", policy::v1::FIELD_REASON_UNKNOWN_VALUE},
      {"097090123456", policy::v1::FIELD_REASON_UNKNOWN_VALUE},
      {"099090123456", policy::v1::FIELD_REASON_UNKNOWN_VALUE},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(ReasonOf(CheckPersonalId(c.value)) == c.reason);
    CHECK(ReasonOf(CheckPersonalIdAgainst(c.value, absl::CivilDay(1990, 1, 1), Sex::kMale)) ==
          c.reason);
  }
}

TEST_CASE("a number that contradicts the declared birth date or sex is inconsistent") {
  CHECK(ReasonOf(CheckPersonalIdAgainst("001090123456", absl::CivilDay(1991, 1, 1), Sex::kMale)) ==
        policy::v1::FIELD_REASON_INCONSISTENT);
  CHECK(ReasonOf(CheckPersonalIdAgainst("001090123456", absl::CivilDay(2090, 1, 1), Sex::kMale)) ==
        policy::v1::FIELD_REASON_INCONSISTENT);
  CHECK(ReasonOf(CheckPersonalIdAgainst("001090123456", absl::CivilDay(1990, 1, 1),
                                        Sex::kFemale)) == policy::v1::FIELD_REASON_INCONSISTENT);
}

TEST_CASE("of the birth codes, 63 are provinces and 100 to 999 are taken for countries") {
  int provinces = 0;
  for (int code = 0; code < 1000; ++code) {
    const std::string value = absl::StrFormat("%03d090123456", code);
    CAPTURE(value);
    const bool accepted = !CheckPersonalId(value).has_value();
    if (code >= 100) {
      CHECK(accepted);
      CHECK(HasUnlistedBirthCode(value));
      CHECK_FALSE(PersonalIdProvince(value).has_value());
    } else {
      CHECK_FALSE(HasUnlistedBirthCode(value));
      CHECK(PersonalIdProvince(value).has_value() == accepted);
      provinces += accepted;
    }
  }
  CHECK(provinces == 63);
}

TEST_CASE("nothing is told from what is not a number") {
  for (const char* value : {"", "001", "00109012345x", "0010901234567"}) {
    CHECK_FALSE(PersonalIdProvince(value).has_value());
    CHECK_FALSE(PersonalIdSex(value).has_value());
    CHECK_FALSE(PersonalIdBirthYear(value).has_value());
    CHECK_FALSE(HasUnlistedBirthCode(value));
  }
}

TEST_CASE("passports have six to nine letters and digits") {
  for (const char* value : {"B1234567", "C12345678", "123456", "AB1234", "P0000001A"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckPassport(value).has_value());
  }
  CHECK(ReasonOf(CheckPassport("")) == policy::v1::FIELD_REASON_REQUIRED);
  CHECK(ReasonOf(CheckPassport("B1234")) == policy::v1::FIELD_REASON_TOO_SHORT);
  CHECK(ReasonOf(CheckPassport("B123456789")) == policy::v1::FIELD_REASON_TOO_LONG);
  for (const char* value : {"b1234567", "B 123456", "B-123456", "ABCDEFG", "B12345\n"}) {
    CAPTURE(value);
    CHECK(ReasonOf(CheckPassport(value)) == policy::v1::FIELD_REASON_MALFORMED);
  }
}

TEST_CASE("old identity cards have nine digits") {
  CHECK_FALSE(CheckOldIdentityCard("012345678").has_value());
  CHECK(ReasonOf(CheckOldIdentityCard("")) == policy::v1::FIELD_REASON_REQUIRED);
  for (const char* value : {"01234567", "0123456789", "01234567a"}) {
    CHECK(ReasonOf(CheckOldIdentityCard(value)) == policy::v1::FIELD_REASON_MALFORMED);
  }
}

}  // namespace
}  // namespace eid::codes
