// SPDX-License-Identifier: Apache-2.0
#include "common/codes/text_field.h"

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace eid::codes {
namespace {

char32_t FirstOf(absl::string_view text) { return text::TakeCharacter(text); }

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
  const char32_t first = FirstOf(value);
  char32_t last = first;
  size_t size = 0;
  bool unseen = false;
  while (!value.empty()) {
    last = text::TakeCharacter(value);
    if (last >= text::kBrokenByte) {
      return CodeError{policy::v1::FIELD_REASON_BAD_CHARACTERS, "The text is not valid UTF-8."};
    }
    ++size;
    if (line_feeds && last == U'\n') continue;
    unseen = unseen || text::IsControl(last) || text::IsInvisible(last);
  }
  if (unseen) {
    return CodeError{policy::v1::FIELD_REASON_BAD_CHARACTERS,
                     "The text has control or invisible characters."};
  }
  if (text::IsSpace(first) || text::IsSpace(last)) {
    return CodeError{policy::v1::FIELD_REASON_MALFORMED, "The text begins or ends with a space."};
  }
  if (size < min) {
    return CodeError{policy::v1::FIELD_REASON_TOO_SHORT,
                     absl::StrCat("The text has at least ", min, " characters.")};
  }
  if (size > max) {
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
