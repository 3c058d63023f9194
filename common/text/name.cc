// SPDX-License-Identifier: Apache-2.0
#include "common/text/name.h"

#include "common/text/latin_letters.h"
#include "common/text/normal_name.h"
#include "common/text/tone_marks.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"

namespace eid::text {
namespace {

// Signs that stand for the same letter or mark in names, whatever the keyboard or the old character
// set made of them.
char32_t OneSign(char32_t c) {
  switch (c) {
    case U'\u00D0':  // eth, in the place of Đ
    case U'\u0189':  // African D, the same
      return U'Đ';
    case U'\u0060':
    case U'\u00B4':
    case U'\u02B9':
    case U'\u02BB':
    case U'\u02BC':
    case U'\u2018':
    case U'\u2019':
    case U'\u2032': return U'\'';
    default: return c;
  }
}

bool Comparable(absl::string_view key) { return !key.empty() && IsValidUtf8(key); }

std::string WithoutDiacritics(absl::string_view key) {
  std::u32string out;
  for (const char32_t c : Decompose(DecodeUtf8(key))) {
    if (CombiningClass(c) == 0) out.push_back(c == U'đ' ? U'd' : c);
  }
  return EncodeUtf8(out);
}

// No space at the ends, inner white space as one space.
std::u32string WithSingleSpaces(absl::string_view name) {
  std::u32string out;
  bool space = false;
  for (const char32_t c : DecodeUtf8(name)) {
    if (IsSpace(c)) {
      space = true;
      continue;
    }
    if (space && !out.empty()) out.push_back(U' ');
    space = false;
    out.push_back(c);
  }
  return out;
}

}  // namespace

std::string NormaliseName(absl::string_view name) {
  if (LooksNormal(name)) return std::string(name);
  return ComposeNfc(EncodeUtf8(WithSingleSpaces(name)));
}

std::string NameKey(absl::string_view name) {
  std::u32string signs = Decompose(WithSingleSpaces(name));
  for (char32_t& c : signs) c = LowerDecomposed(OneSign(c));
  return EncodeUtf8(Compose(MoveToneMarks(signs)));
}

bool SameName(absl::string_view a, absl::string_view b) {
  const std::string key = NameKey(a);
  return Comparable(key) && (a == b || key == NameKey(b));
}

bool SameNameIgnoringDiacritics(absl::string_view a, absl::string_view b) {
  const std::string key = NameKey(a);
  return Comparable(key) && WithoutDiacritics(key) == WithoutDiacritics(NameKey(b));
}

}  // namespace eid::text
