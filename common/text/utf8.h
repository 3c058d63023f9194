// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// UTF-8 as code points. Pure functions.
namespace eid::text {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

// Code points of valid text. A byte that is not part of a valid sequence becomes kBrokenByte + byte, so that broken
// text survives a round trip, counts one character per byte and never equals valid text.
inline constexpr char32_t kBrokenByte = 0x110000;
std::u32string DecodeUtf8(absl::string_view text);
std::string EncodeUtf8(const std::u32string& code_points);

// Code points, not bytes and not what a person sees as one letter (compose first).
size_t CountCharacters(absl::string_view text);

}  // namespace eid::text
