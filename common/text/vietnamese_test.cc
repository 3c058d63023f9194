// SPDX-License-Identifier: Apache-2.0
#include "common/text/vietnamese.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/testing/catch.h"
#include "common/text/latin_letters.h"
#include "common/text/utf8.h"

namespace eid::text {
namespace {

// A vowel with its quality mark (0 for none), and its five tones in the order grave, hook, tilde,
// acute, dot below.
struct Vowel {
  char32_t base;
  char32_t quality;
  const char32_t* plain_and_tones;
  const char32_t* upper;
};

constexpr Vowel kVowels[] = {
    {U'a', 0, U"aàảãáạ", U"AÀẢÃÁẠ"},     {U'a', 0x306, U"ăằẳẵắặ", U"ĂẰẲẴẮẶ"},
    {U'a', 0x302, U"âầẩẫấậ", U"ÂẦẨẪẤẬ"}, {U'e', 0, U"eèẻẽéẹ", U"EÈẺẼÉẸ"},
    {U'e', 0x302, U"êềểễếệ", U"ÊỀỂỄẾỆ"}, {U'i', 0, U"iìỉĩíị", U"IÌỈĨÍỊ"},
    {U'o', 0, U"oòỏõóọ", U"OÒỎÕÓỌ"},     {U'o', 0x302, U"ôồổỗốộ", U"ÔỒỔỖỐỘ"},
    {U'o', 0x31B, U"ơờởỡớợ", U"ƠỜỞỠỚỢ"}, {U'u', 0, U"uùủũúụ", U"UÙỦŨÚỤ"},
    {U'u', 0x31B, U"ưừửữứự", U"ƯỪỬỮỨỰ"}, {U'y', 0, U"yỳỷỹýỵ", U"YỲỶỸÝỴ"},
};
constexpr char32_t kTones[] = {0, 0x300, 0x309, 0x303, 0x301, 0x323};

std::string Utf8(char32_t c) { return EncodeUtf8(std::u32string(1, c)); }

TEST_CASE("what is composed is left as it is, whether it is looked at or not") {
  for (char32_t c = 1; c <= 0x1EFF; c = c == 0x2FF ? 0x1E00 : c + 1) {
    const std::u32string letter(1, c);
    CAPTURE(static_cast<uint32_t>(c));
    CHECK(Compose(Decompose(letter)) == letter);
    CHECK(ComposeNfc(Utf8(c)) == Utf8(c));
  }
}

TEST_CASE("every Vietnamese vowel composes from its marks in any order") {
  int letters = 0;
  for (const Vowel& vowel : kVowels) {
    for (size_t i = 0; i < std::size(kTones); ++i) {
      std::u32string marks;
      if (vowel.quality != 0) marks.push_back(vowel.quality);
      if (kTones[i] != 0) marks.push_back(kTones[i]);
      std::sort(marks.begin(), marks.end());
      do {
        // Two marks above the letter stack in the order they are written: another order is another
        // letter.
        const bool tone_first = marks.size() == 2 && marks[0] == kTones[i];
        if (tone_first && vowel.quality != 0x31B && kTones[i] != 0x323) continue;
        const std::string written = Utf8(vowel.base) + EncodeUtf8(marks);
        const std::string expected = Utf8(vowel.plain_and_tones[i]);
        CAPTURE(written, expected);
        CHECK(ComposeNfc(written) == expected);
        CHECK(ComposeNfc(expected) == expected);
        ++letters;
      } while (std::next_permutation(marks.begin(), marks.end()));
    }
  }
  CHECK(letters > 72);
}

TEST_CASE("every Vietnamese letter folds to its lower case") {
  for (const Vowel& vowel : kVowels) {
    for (size_t i = 0; i < std::size(kTones); ++i) {
      CHECK(FoldCase(Utf8(vowel.upper[i])) == Utf8(vowel.plain_and_tones[i]));
      CHECK(FoldCase(Utf8(vowel.plain_and_tones[i])) == Utf8(vowel.plain_and_tones[i]));
    }
  }
  CHECK(FoldCase("ĐẶNG THỊ NGỌC ÁNH") == "đặng thị ngọc ánh");
  CHECK(FoldCase("Đ") == "đ");
  CHECK(FoldCase("BCDFGHJKLMNPQRSTVWXZ") == "bcdfghjklmnpqrstvwxz");
}

TEST_CASE("composition follows Unicode for the rest of Latin") {
  struct Case {
    const char* in;
    const char* out;
  };
  const Case cases[] = {
      {"", ""},
      {"plain ASCII, 123", "plain ASCII, 123"},
      {"n\u0303", "ñ"},
      {"C\u0327", "Ç"},
      {"u\u0308\u0301", "ǘ"},
      {"s\u0323\u0307", "ṩ"},
      {"s\u0307\u0323", "ṩ"},
      {"z\u030C", "ž"},
      {"\u212B", "Å"},
      {"A\u030A\u0301", "Ǻ"},
      {"e\u0301\u0302", "é\u0302"},  // stacked the other way round: not ế
      {"a\u0340", "à"},              // the old Vietnamese tone marks of Unicode
      {"a\u0341", "á"},
      {"\u0301a", "\u0301a"},  // a mark without a letter
      {"q\u0301", "q\u0301"},  // no such letter
      {"o\u031B\u0323", "ợ"},
      {"o\u0323\u031B", "ợ"},
      {"\u1ECD\u031B", "ợ"},  // ọ and a horn
      {"\u00F4\u0323", "ộ"},  // ô and a dot below
      {"a\u0323\u0306", "ặ"},
      {"一\u0301二", "一\u0301二"},
      {"\u0430\u0301", "\u0430\u0301"},          // Cyrillic passes through
      {"\xC3\x28 e\u0302\u0301", "\xC3\x28 ế"},  // broken bytes pass through
  };
  for (const Case& c : cases) {
    CAPTURE(c.in);
    CHECK(ComposeNfc(c.in) == c.out);
    CHECK(ComposeNfc(ComposeNfc(c.in)) == c.out);
  }
}

TEST_CASE("folding composes and keeps what has no case") {
  CHECK(FoldCase("ÇA ÑU ŁÓDŹ ÆØÅ ŒUVRE") == "ça ñu łódź æøå œuvre");
  CHECK(FoldCase("A\u0302\u0301") == "ấ");
  CHECK(FoldCase("ПРИВЕТ 東京") == "ПРИВЕТ 東京");
  CHECK(FoldCase("\xFF"
                 "A\xC3") ==
        "\xFF"
        "a\xC3");
}

}  // namespace
}  // namespace eid::text
