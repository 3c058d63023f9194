// SPDX-License-Identifier: Apache-2.0
#include "common/text/utf8.h"

#include <string>

#include "common/testing/catch.h"

namespace eid::text {
namespace {

TEST_CASE("valid UTF-8 is accepted") {
  const std::string valid[] = {"",
                               "a",
                               "Nguyễn Thị Bích Hạnh",
                               "\x7F",
                               "\xC2\x80",
                               "\xDF\xBF",
                               "\xE0\xA0\x80",
                               "\xED\x9F\xBF",
                               "\xEE\x80\x80",
                               "\xEF\xBF\xBF",
                               "\xF0\x90\x80\x80",
                               "\xF4\x8F\xBF\xBF",
                               std::string("a\0b", 3)};
  for (const std::string& text : valid) {
    CAPTURE(text);
    CHECK(IsValidUtf8(text));
    CHECK(EncodeUtf8(DecodeUtf8(text)) == text);
  }
}

TEST_CASE("characters are taken one by one as they are decoded together") {
  const std::string texts[] = {"",
                               "a",
                               "Nguyễn Thị Bích Hạnh",
                               "\xF0\x9F\x98\x80x",
                               "\xFFn\xE1\xBB",
                               std::string("a\0b", 3)};
  for (const std::string& text : texts) {
    CAPTURE(text);
    std::u32string taken;
    absl::string_view rest = text;
    while (!rest.empty()) taken.push_back(TakeCharacter(rest));
    CHECK(taken == DecodeUtf8(text));
  }
}

TEST_CASE("broken UTF-8 is refused and survives a round trip") {
  const std::string broken[] = {
      "\x80",              // a continuation alone
      "\xC0\x80",          // overlong NUL
      "\xC1\xBF",          // overlong
      "\xE0\x9F\xBF",      // overlong
      "\xF0\x8F\xBF\xBF",  // overlong
      "\xED\xA0\x80",      // a surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",
      "\xFF",
      "\xC3",
      "\xE1\xBA",
      "\xF0\x9F\x98",
      "abc\xE1\xBAxyz",
      "a\xC3(",
  };
  for (const std::string& text : broken) {
    CAPTURE(text);
    CHECK_FALSE(IsValidUtf8(text));
    CHECK(EncodeUtf8(DecodeUtf8(text)) == text);
  }
}

TEST_CASE("characters are counted, not bytes") {
  CHECK(CountCharacters("") == 0);
  CHECK(CountCharacters("Hòa") == 3);
  CHECK(CountCharacters("Ho\u0300a") == 4);
  CHECK(CountCharacters("\xF0\x9F\x98\x80") == 1);
  CHECK(CountCharacters("\xE1\xBA") == 2);
}

TEST_CASE("every code point makes the round trip") {
  for (char32_t c = 0; c <= 0x10FFFF; c += 7) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string text = EncodeUtf8(std::u32string(1, c));
    if (!IsValidUtf8(text) || DecodeUtf8(text) != std::u32string(1, c))
      FAIL("U+" << std::hex << uint32_t{c});
  }
}

TEST_CASE("spaces, controls and invisible characters are told apart") {
  CHECK(IsSpace(U' '));
  CHECK(IsSpace(U'\u00A0'));
  CHECK(IsSpace(U'\u3000'));
  CHECK_FALSE(IsSpace(U'\u200B'));
  CHECK(IsControl(U'\n'));
  CHECK(IsControl(U'\u007F'));
  CHECK(IsControl(char32_t{0x9F}));
  CHECK(IsControl(U'\u2028'));
  CHECK_FALSE(IsControl(U'\u00A0'));
  CHECK(IsInvisible(U'\u200B'));
  CHECK(IsInvisible(U'\u202E'));
  CHECK(IsInvisible(U'\uFEFF'));
  CHECK(IsInvisible(char32_t{0x1FFFE}));
  CHECK_FALSE(IsInvisible(U'ệ'));
  CHECK_FALSE(IsInvisible(U'\u0301'));
}

}  // namespace
}  // namespace eid::text
