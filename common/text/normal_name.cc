// SPDX-License-Identifier: Apache-2.0
#include "common/text/normal_name.h"

#include <cstddef>

namespace eid::text {
namespace {

// How many bytes the letter has that the text begins with, if it is one of the blocks of Latin
// letters that ComposeNfc leaves alone and no white space but the usual one; else 0.
size_t PlainLetter(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return byte(0) >= '\t' && byte(0) <= '\r' ? 0 : 1;
  // U+00C0 to U+02FF.
  if (byte(0) >= 0xC3 && byte(0) <= 0xCB) return text.size() >= 2 && continues(1) ? 2 : 0;
  // U+1E00 to U+1EFF.
  if (byte(0) != 0xE1 || text.size() < 3 || byte(1) < 0xB8 || byte(1) > 0xBB) return 0;
  return continues(2) ? 3 : 0;
}

}  // namespace

bool LooksNormal(absl::string_view name) {
  // No space at the ends, and none after another.
  bool after_space = true;
  while (!name.empty()) {
    const bool space = name.front() == ' ';
    if (space && (after_space || name.size() == 1)) return false;
    after_space = space;
    const size_t length = PlainLetter(name);
    if (length == 0) return false;
    name.remove_prefix(length);
  }
  return true;
}

}  // namespace eid::text
