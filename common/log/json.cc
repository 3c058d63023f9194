// SPDX-License-Identifier: Apache-2.0
#include "common/log/json.h"

#include <cstdint>

namespace eid {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void AppendEscape(std::string& out, uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[(unit >> shift) & 15]);
}

// The length of the character that `text` begins with, and the character; 0 if it is not UTF-8 by
// RFC 3629 (overlong forms, surrogates and what lies beyond U+10FFFF are not).
size_t DecodeUtf8(absl::string_view text, uint32_t& character) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  size_t length = 0;
  uint32_t least = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2, least = 0x80, character = lead & 0x1f;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3, least = 0x800, character = lead & 0x0f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, least = 0x10000, character = lead & 0x07;
  }
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    character = (character << 6) | (byte(i) & 0x3f);
  }
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  return character < least || surrogate || character > 0x10ffff ? 0 : length;
}

// How much of the beginning of `text` stays as it is.
size_t PlainLength(absl::string_view text) {
  size_t length = 0;
  while (length < text.size() && text[length] >= 0x20 && text[length] < 0x7f &&
         text[length] != '"' && text[length] != '\\') {
    ++length;
  }
  return length;
}

// One that does not.
void AppendAscii(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  AppendEscape(out, static_cast<uint8_t>(c));
}

}  // namespace

void AppendJsonString(std::string& out, absl::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const size_t plain = PlainLength(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<uint8_t>(text[0]) < 0x80) {
      AppendAscii(out, text[0]);
      text.remove_prefix(1);
      continue;
    }
    uint32_t character = 0;
    const size_t length = DecodeUtf8(text, character);
    if (length == 0) {
      AppendEscape(out, 0xfffd);
      text.remove_prefix(1);
      continue;
    }
    if (character < 0xa0) {  // C1 controls, which terminals obey.
      AppendEscape(out, character);
    } else {
      out.append(text.data(), length);
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

}  // namespace eid
