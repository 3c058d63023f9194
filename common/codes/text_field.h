// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/codes/code_error.h"

namespace eid::codes {

// One line of text for people: valid UTF-8 of `min` to `max` characters (code points, not bytes;
// NFC is the caller's, see text::NormaliseName), no control characters, no invisible or
// direction-changing ones (they make two texts look alike), no space at either end. An empty value
// is right when `min` is 0. REQUIRED, TOO_SHORT, TOO_LONG, BAD_CHARACTERS, MALFORMED (space at an
// end).
std::optional<CodeError> CheckText(absl::string_view value, size_t min, size_t max);

// The same for text of several lines: a line feed is allowed within.
std::optional<CodeError> CheckParagraphs(absl::string_view value, size_t min, size_t max);

}  // namespace eid::codes
