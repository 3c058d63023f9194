// SPDX-License-Identifier: Apache-2.0
#include "common/text/normal_name.h"

#include <random>
#include <string>

#include "common/testing/catch.h"
#include "common/text/name.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"

namespace eid::text {
namespace {

// NormaliseName as it is defined, without a quick look.
std::string Normalised(const std::string& name) {
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
  return ComposeNfc(EncodeUtf8(out));
}

TEST_CASE("what is usually typed is seen to be normal") {
  CHECK(LooksNormal(""));
  CHECK(LooksNormal("a"));
  CHECK(LooksNormal("Công ty TNHH Sao Mai"));
  CHECK(LooksNormal("NGUYỄN THỊ THÚY HOÀ"));
  CHECK(LooksNormal("Đặng Văn Đức, \"Ừ\" & (12/3)"));
  for (const char* name : {" a", "a ", " ", "a  b", "a\tb", "a\nb", "a\u00A0b", "a\u0085b",
                           "a\u3000b", "Nguye\u0302\u0303n", "\xFF", "a\xC3", "\xE1\xBB"}) {
    CAPTURE(name);
    CHECK_FALSE(LooksNormal(name));
  }
}

TEST_CASE("what looks normal stays as it is") {
  // Every character, alone and between letters.
  int normal = 0;
  for (char32_t c = 1; c <= 0x3100; ++c) {
    const std::string letter = EncodeUtf8(std::u32string(1, c));
    for (const std::string& name : {letter, "a" + letter + "a"}) {
      if (!LooksNormal(name)) continue;
      ++normal;
      if (Normalised(name) != name) FAIL_CHECK(static_cast<uint32_t>(c));
    }
  }
  CHECK(normal > 1500);
  // What is put together of all kinds.
  const std::string parts[] = {"a",    "Z",        " ",      "  ",     "\t",   "ễ",
                               "Đ",    "ơ",        "\xC2",   "\xA0",   "\xE1", "\xBB",
                               "\xBF", "\xCC\x81", "\xC5",   "\x81",   "1",    "-",
                               "ư",    "\xFF",     "\u00A0", "\u1E00", "東",   "\u0323"};
  std::mt19937 random(1);
  normal = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string name;
    for (uint32_t n = random() % 6; n > 0; --n) name += parts[random() % std::size(parts)];
    const bool looks_normal = LooksNormal(name);
    if (looks_normal) ++normal;
    if (looks_normal && Normalised(name) != name) FAIL_CHECK(name);
    if (i % 16 == 0 && NormaliseName(name) != Normalised(name)) FAIL_CHECK(name);
  }
  CHECK(normal > 1000);
}

}  // namespace
}  // namespace eid::text
