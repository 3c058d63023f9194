// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

// Unicode's canonical equivalence for Latin letters, by table; for this library's own use. The
// table holds every letter of U+00C0 to U+1EFF that is a Latin letter with one of the 25 marks that
// such letters are composed with.
namespace eid::text {

// Marks of the Vietnamese alphabet.
inline constexpr char32_t kGrave = 0x300, kAcute = 0x301, kCircumflex = 0x302, kTilde = 0x303,
                          kBreve = 0x306, kHookAbove = 0x309, kHorn = 0x31B, kDotBelow = 0x323;

// Every letter apart from its marks, the marks in canonical order.
std::u32string Decompose(const std::u32string& text);
// The marks in canonical order and joined with their letters, as far as Unicode has a letter for
// it. Composing what Decompose gave is NFC.
std::u32string Compose(std::u32string decomposed);

// The canonical combining class of a mark of the table; 0 for everything else.
int CombiningClass(char32_t character);

// The lower-case letter of a decomposed upper-case one (A–Z, and Đ, Æ, Ø and the others that have
// no decomposition); other characters as they are.
char32_t LowerDecomposed(char32_t character);

}  // namespace eid::text
