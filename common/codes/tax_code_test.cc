// SPDX-License-Identifier: Apache-2.0
#include "common/codes/tax_code.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/testing/catch.h"

namespace eid::codes {
namespace {

using policy::v1::FieldReason;

const char* const kValid[] = {"0100109106", "0100233488", "0312687878", "0100112437", "0193456780"};

TEST_CASE("issued tax codes are accepted") {
  for (const char* value : kValid) {
    CAPTURE(value);
    CHECK_FALSE(CheckTaxCode(value).has_value());
    CHECK_FALSE(IsDependentUnit(value));
    CHECK(ParentTaxCode(value) == value);
  }
  for (const char* value :
       {"0314409058-002", "0100109106-001", "0100109106-999", "0100109106-010"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckTaxCode(value).has_value());
    CHECK(IsDependentUnit(value));
    CHECK(ParentTaxCode(value).size() == 10);
  }
}

TEST_CASE("wrong tax codes are refused with the reason") {
  struct Case {
    const char* value;
    FieldReason reason;
  };
  const Case cases[] = {
      {"", policy::v1::FIELD_REASON_REQUIRED},
      {"0100233480", policy::v1::FIELD_REASON_CHECK_DIGIT},
      {"0314409058-000", policy::v1::FIELD_REASON_MALFORMED},
      {"0314409059-002", policy::v1::FIELD_REASON_CHECK_DIGIT},
      {"0100000000", policy::v1::FIELD_REASON_MALFORMED},
      {"0000000000", policy::v1::FIELD_REASON_MALFORMED},
      {"010010910", policy::v1::FIELD_REASON_MALFORMED},
      {"01001091066", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106-1", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106-0001", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106001", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106 001", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106-A01", policy::v1::FIELD_REASON_MALFORMED},
      {"O100109106", policy::v1::FIELD_REASON_MALFORMED},
      {" 0100109106", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106\n", policy::v1::FIELD_REASON_MALFORMED},
      {"+100109106", policy::v1::FIELD_REASON_MALFORMED},
      {"\xEF\xBC\x90"
       "100109106",
       policy::v1::FIELD_REASON_MALFORMED},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    const auto error = CheckTaxCode(c.value);
    REQUIRE(error.has_value());
    CHECK(error->reason == c.reason);
    CHECK_FALSE(error->description.empty());
  }
}

TEST_CASE("a description never repeats the value") {
  CHECK(CheckTaxCode("0100233480")->description.find("0100233480") == std::string::npos);
}

TEST_CASE("each digit of a valid code altered: never accepted") {
  for (const char* value : kValid) {
    for (size_t at = 0; at < 10; ++at) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string typo = value;
        if (typo[at] == digit) continue;
        typo[at] = digit;
        CAPTURE(value, typo);
        CHECK(CheckTaxCode(typo).has_value());
      }
    }
  }
}

// The weights differ from 0 modulo 11 and so do all differences of two digits, so the check digit
// sees every slip of one digit. Two different neighbours swapped are seen too, as the weights of
// neighbours differ modulo 11.
TEST_CASE(
    "the check digit sees every slip of one digit and every swap of neighbours among the first "
    "nine") {
  std::mt19937 random(20261121);
  std::uniform_int_distribution<int> base(10'000'001, 999'999'999);
  int issued = 0;
  int not_issued = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string nine = absl::StrFormat("%09d", base(random));
    const std::optional<int> check = TaxCodeCheckDigit(nine);
    if (!check.has_value()) {
      ++not_issued;
      for (int digit = 0; digit <= 9; ++digit)
        REQUIRE(CheckTaxCode(absl::StrCat(nine, digit)).has_value());
      continue;
    }
    const std::string code = absl::StrCat(nine, *check);
    if (code.substr(2, 7) == "0000000") continue;
    ++issued;
    REQUIRE_FALSE(CheckTaxCode(code).has_value());
    for (size_t at = 0; at < 10; ++at) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (code[at] == digit) continue;
        std::string typo = code;
        typo[at] = digit;
        if (!CheckTaxCode(typo).has_value()) FAIL(code << " " << typo);
      }
    }
    for (size_t at = 0; at + 1 < 9; ++at) {
      if (code[at] == code[at + 1]) continue;
      std::string swapped = code;
      std::swap(swapped[at], swapped[at + 1]);
      if (!CheckTaxCode(swapped).has_value()) FAIL(code << " " << swapped);
    }
  }
  // One base in eleven has no check digit.
  CHECK(issued > 1700);
  CHECK(not_issued > 120);
}

TEST_CASE("the check digit needs nine digits") {
  CHECK(TaxCodeCheckDigit("010010910") == 6);
  CHECK(TaxCodeCheckDigit("019345678") == 0);
  CHECK_FALSE(TaxCodeCheckDigit("01001091").has_value());
  CHECK_FALSE(TaxCodeCheckDigit("01001091x").has_value());
}

TEST_CASE("errors are collected under the field") {
  struct Fake {
    std::vector<std::string> fields;
    void Add(absl::string_view field, FieldReason, absl::string_view) {
      fields.emplace_back(field);
    }
  } violations;
  CHECK(Collect(CheckTaxCode("0100109106"), "tax_code", violations));
  CHECK_FALSE(Collect(CheckTaxCode("x"), "organization.tax_code", violations));
  CHECK(violations.fields == std::vector<std::string>{"organization.tax_code"});
}

}  // namespace
}  // namespace eid::codes
