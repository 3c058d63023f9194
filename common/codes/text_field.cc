// SPDX-License-Identifier: Apache-2.0
#include "common/codes/text_field.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace eid::codes {
namespace {

std::optional<CodeError> Check(absl::string_view value, size_t min, size_t max, bool line_feeds) {
  if (value.empty()) {
    if (min == 0) return std::nullopt;
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A text is required."};
  }
  // Nothing of at most `max` characters is longer, and nothing longer need be read.
  if (value.size() / 4 > max) {
    return CodeError{policy::v1::FIELD_REASON_TOO_LONG,
                     absl::StrCat("The text has at most ", max, " characters.")};
  }
  if (!text::IsValidUtf8(value)) {
    return CodeError{policy::v1::FIELD_REASON_BAD_CHARACTERS, "The text is not valid UTF-8."};
  }
  const std::u32string characters = text::DecodeUtf8(value);
  for (const char32_t c : characters) {
    if (line_feeds && c == U'\n') continue;
    if (text::IsControl(c) || text::IsInvisible(c)) {
      return CodeError{policy::v1::FIELD_REASON_BAD_CHARACTERS,
                       "The text has control or invisible characters."};
    }
  }
  if (text::IsSpace(characters.front()) || text::IsSpace(characters.back())) {
    return CodeError{policy::v1::FIELD_REASON_MALFORMED, "The text begins or ends with a space."};
  }
  if (characters.size() < min) {
    return CodeError{policy::v1::FIELD_REASON_TOO_SHORT,
                     absl::StrCat("The text has at least ", min, " characters.")};
  }
  if (characters.size() > max) {
    return CodeError{policy::v1::FIELD_REASON_TOO_LONG,
                     absl::StrCat("The text has at most ", max, " characters.")};
  }
  return std::nullopt;
}

}  // namespace

std::optional<CodeError> CheckText(absl::string_view value, size_t min, size_t max) {
  return Check(value, min, max, /*line_feeds=*/false);
}

std::optional<CodeError> CheckParagraphs(absl::string_view value, size_t min, size_t max) {
  return Check(value, min, max, /*line_feeds=*/true);
}

}  // namespace eid::codes
