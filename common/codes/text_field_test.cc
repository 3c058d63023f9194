// SPDX-License-Identifier: Apache-2.0
#include "common/codes/text_field.h"

#include <string>

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

using policy::v1::FieldReason;

FieldReason ReasonOf(const std::optional<CodeError>& error) {
  return error.has_value() ? error->reason : policy::v1::FIELD_REASON_UNSPECIFIED;
}

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE("length is counted in characters, at the limit and next to it") {
  CHECK_FALSE(CheckText(Repeat("ệ", 200), 1, 200).has_value());
  CHECK(ReasonOf(CheckText(Repeat("ệ", 201), 1, 200)) == policy::v1::FIELD_REASON_TOO_LONG);
  CHECK_FALSE(CheckText(Repeat("\xF0\x9F\x98\x80", 200), 1, 200).has_value());
  CHECK(ReasonOf(CheckText(Repeat("\xF0\x9F\x98\x80", 201), 1, 200)) ==
        policy::v1::FIELD_REASON_TOO_LONG);
  CHECK(ReasonOf(CheckText(std::string(5'000'000, 'a'), 1, 200)) ==
        policy::v1::FIELD_REASON_TOO_LONG);
  CHECK_FALSE(CheckText("an", 2, 10).has_value());
  CHECK(ReasonOf(CheckText("ệ", 2, 10)) == policy::v1::FIELD_REASON_TOO_SHORT);
  CHECK_FALSE(CheckText("", 0, 10).has_value());
  CHECK(ReasonOf(CheckText("", 1, 10)) == policy::v1::FIELD_REASON_REQUIRED);
}

TEST_CASE("text that would deceive or break a reader is refused") {
  struct Case {
    std::string value;
    FieldReason reason;
  };
  const Case cases[] = {
      {"Công ty TNHH Sao Mai", policy::v1::FIELD_REASON_UNSPECIFIED},
      {"東京 株式会社", policy::v1::FIELD_REASON_UNSPECIFIED},
      {" Sao Mai", policy::v1::FIELD_REASON_MALFORMED},
      {"Sao Mai ", policy::v1::FIELD_REASON_MALFORMED},
      {"Sao Mai\u00A0", policy::v1::FIELD_REASON_MALFORMED},
      {"\u3000Sao Mai", policy::v1::FIELD_REASON_MALFORMED},
      {" ", policy::v1::FIELD_REASON_MALFORMED},
      {"Sao\tMai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\nMai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\x7FMai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {std::string("Sao\0Mai", 7), policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\u0085Mai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\u200BMai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\u202EMai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"\uFEFFSao Mai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao\u2028Mai", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"Sao Mai\xC3", policy::v1::FIELD_REASON_BAD_CHARACTERS},
      {"\xED\xA0\x80", policy::v1::FIELD_REASON_BAD_CHARACTERS},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(ReasonOf(CheckText(c.value, 1, 100)) == c.reason);
  }
}

TEST_CASE("paragraphs may hold line feeds, and nothing else of the kind") {
  CHECK_FALSE(CheckParagraphs("Dòng một\n\nDòng hai", 1, 100).has_value());
  CHECK(ReasonOf(CheckParagraphs("Dòng một\r\nDòng hai", 1, 100)) ==
        policy::v1::FIELD_REASON_BAD_CHARACTERS);
  CHECK(ReasonOf(CheckParagraphs("Dòng một\n", 1, 100)) == policy::v1::FIELD_REASON_MALFORMED);
}

}  // namespace
}  // namespace eid::codes
