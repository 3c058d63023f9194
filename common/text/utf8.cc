// SPDX-License-Identifier: Apache-2.0
#include "common/text/utf8.h"

namespace eid::text {
namespace {

struct Sequence {
  char32_t character;
  size_t length;
};

// How long a sequence is that begins with this byte; 0 for a byte that begins none.
size_t LengthFor(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The sequence at the start of non-empty text, or its first byte as a broken one.
Sequence Next(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const Sequence broken = {kBrokenByte + byte(0), 1};
  const size_t length = LengthFor(byte(0));
  if (length == 0 || text.size() < length) return broken;
  if (length == 1) return {byte(0), 1};
  char32_t character = byte(0) & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return broken;
    character = (character << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (overlong || surrogate || character > 0x10FFFF) return broken;
  return {character, length};
}

void Append(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c >= kBrokenByte) {
    put(c - kBrokenByte);
  } else if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool Within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Sequence next = Next(text);
    if (next.character >= kBrokenByte) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

char32_t TakeCharacter(absl::string_view& text) {
  const Sequence next = Next(text);
  text.remove_prefix(next.length);
  return next.character;
}

std::u32string DecodeUtf8(absl::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) out.push_back(TakeCharacter(text));
  return out;
}

std::string EncodeUtf8(const std::u32string& code_points) {
  std::string out;
  out.reserve(code_points.size() * 2);
  for (const char32_t c : code_points) Append(c, out);
  return out;
}

size_t CountCharacters(absl::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(Next(text).length);
  return count;
}

bool IsSpace(char32_t c) {
  return c == ' ' || Within(c, '\t', '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         Within(c, 0x2000, 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsControl(char32_t c) {
  return c < 0x20 || Within(c, 0x7F, 0x9F) || c == 0x2028 || c == 0x2029;
}

bool IsInvisible(char32_t c) {
  return c == 0xAD || c == 0x34F || c == 0x61C || Within(c, 0x115F, 0x1160) ||
         Within(c, 0x17B4, 0x17B5) || Within(c, 0x180B, 0x180F) || Within(c, 0x200B, 0x200F) ||
         Within(c, 0x202A, 0x202E) || Within(c, 0x2060, 0x206F) || c == 0x3164 ||
         Within(c, 0xFDD0, 0xFDEF) || Within(c, 0xFE00, 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
         Within(c, 0xFFF0, 0xFFFB) || Within(c, 0xE0000, 0xE0FFF) || (c & 0xFFFE) == 0xFFFE;
}

}  // namespace eid::text
