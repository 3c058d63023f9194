// SPDX-License-Identifier: Apache-2.0
#include "common/text/vietnamese.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/text/latin_letters.h"
#include "common/text/utf8.h"

namespace eid::text {
namespace {

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

// Whether it is composed already, as nearly everything that is typed today: in these blocks of Latin
// letters each is its own composition, and none of them goes together with its neighbour.
bool IsComposedLatin(const std::u32string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char32_t c) { return c < 0x300 || (c >= 0x1E00 && c <= 0x1EFF); });
}

}  // namespace

std::string ComposeNfc(absl::string_view text) {
  if (IsAscii(text)) return std::string(text);
  const std::u32string letters = DecodeUtf8(text);
  if (IsComposedLatin(letters)) return std::string(text);
  return EncodeUtf8(Compose(Decompose(letters)));
}

std::string FoldCase(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  std::u32string letters = Decompose(DecodeUtf8(text));
  for (char32_t& c : letters) c = LowerDecomposed(c);
  return EncodeUtf8(Compose(std::move(letters)));
}

}  // namespace eid::text
