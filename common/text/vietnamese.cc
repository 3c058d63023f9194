// SPDX-License-Identifier: Apache-2.0
#include "common/text/vietnamese.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/text/latin_letters.h"
#include "common/text/utf8.h"

namespace eid::text {
namespace {

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

}  // namespace

std::string ComposeNfc(absl::string_view text) {
  if (IsAscii(text)) return std::string(text);
  return EncodeUtf8(Compose(Decompose(DecodeUtf8(text))));
}

std::string FoldCase(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  std::u32string letters = Decompose(DecodeUtf8(text));
  for (char32_t& c : letters) c = LowerDecomposed(c);
  return EncodeUtf8(Compose(letters));
}

}  // namespace eid::text
