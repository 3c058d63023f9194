// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

// The Vietnamese alphabet in Unicode, table-driven. Pure functions on UTF-8; broken bytes pass
// through unchanged.
namespace eid::text {

// Unicode normalisation form C for Latin letters: with the marks of Vietnamese (grave, acute,
// circumflex, tilde, breve, hook above, horn, dot below) and with every other mark that Unicode
// composes Latin letters with. Text of other scripts, and other marks, pass through unchanged.
// Idempotent.
std::string ComposeNfc(absl::string_view text);

// Composed and in lower case: ASCII, Latin-1, Latin Extended-A and every Vietnamese letter, Đ
// included. Other scripts pass through unchanged.
std::string FoldCase(absl::string_view text);

// Composed and with each syllable's tone mark in one place, so that "Hòa" and "Hoà", "thủy" and
// "thuỷ" become equal. The tone itself, the quality of the vowels and the case of the letters are
// kept: no two syllables that differ in more than the place of one tone mark become equal. A
// syllable with two tone marks, or one that is not Vietnamese, is left as it is.
std::string CanonicalToneMarks(absl::string_view text);

}  // namespace eid::text
