// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// UTF-8 as code points. Pure functions.
namespace eid::text {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

// Code points of valid text. A byte that is not part of a valid sequence becomes kBrokenByte +
// byte, so that broken text survives a round trip, counts one character per byte and never equals
// valid text.
inline constexpr char32_t kBrokenByte = 0x110000;
std::u32string DecodeUtf8(absl::string_view text);
std::string EncodeUtf8(const std::u32string& code_points);

// Takes the first code point, as DecodeUtf8 gives it, from a text that is not empty: for a walk that
// needs none of them afterwards.
char32_t TakeCharacter(absl::string_view& text);

// Code points, not bytes and not what a person sees as one letter (compose first).
size_t CountCharacters(absl::string_view text);

// Space, tab, line ends, no-break and every other width of space.
bool IsSpace(char32_t character);
// C0, DEL, C1, line and paragraph separators.
bool IsControl(char32_t character);
// Characters that draw nothing, or change the direction of what stands around them: two texts that
// differ in these look the same. Non-characters and tags too.
bool IsInvisible(char32_t character);

}  // namespace eid::text
