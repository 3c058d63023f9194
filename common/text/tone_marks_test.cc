// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <vector>

#include "common/testing/catch.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"

namespace eid::text {
namespace {

TEST_CASE("the tone mark moves to one place of its syllable") {
  struct Case {
    const char* in;
    const char* out;
  };
  const Case cases[] = {
      // Open syllables with two vowels, in both styles.
      {"Hòa", "Hòa"},
      {"Hoà", "Hòa"},
      {"thủy", "thủy"},
      {"thuỷ", "thủy"},
      {"khỏe", "khỏe"},
      {"khoẻ", "khỏe"},
      {"hóa", "hóa"},
      {"hoá", "hóa"},
      {"tỏa", "tỏa"},
      {"toả", "tỏa"},
      {"Thúy", "Thúy"},
      {"Thuý", "Thúy"},
      {"lõa", "lõa"},
      {"loã", "lõa"},
      {"họa", "họa"},
      {"hoạ", "họa"},
      {"lúy", "lúy"},
      {"luý", "lúy"},
      {"ÚY", "ÚY"},
      {"UÝ", "ÚY"},
      {"xòe", "xòe"},
      {"xoè", "xòe"},
      {"ủy", "ủy"},
      {"uỷ", "ủy"},
      // A final consonant: the last vowel, whatever the style.
      {"Hoàn", "Hoàn"},
      {"Hòan", "Hoàn"},
      {"toán", "toán"},
      {"tóan", "toán"},
      {"huỳnh", "huỳnh"},
      {"hùynh", "huỳnh"},
      {"khoét", "khoét"},
      {"khóet", "khoét"},
      {"loạt", "loạt"},
      {"lọat", "loạt"},
      {"suýt", "suýt"},
      {"súyt", "suýt"},
      {"xoong", "xoong"},
      {"hoảng", "hoảng"},
      {"hỏang", "hoảng"},
      // Three vowels.
      {"ngoài", "ngoài"},
      {"ngòai", "ngoài"},
      {"xoáy", "xoáy"},
      {"xóay", "xoáy"},
      {"khuỷu", "khuỷu"},
      {"khủyu", "khuỷu"},
      // A vowel with a mark of its own takes the tone.
      {"huế", "huế"},
      {"húê", "huế"},
      {"tiến", "tiến"},
      {"tíên", "tiến"},
      {"nguyễn", "nguyễn"},
      {"ngũyên", "nguyễn"},
      {"ngụyên", "nguyện"},
      {"thuở", "thuở"},
      {"thủơ", "thuở"},
      {"mười", "mười"},
      {"mừơi", "mười"},
      {"lượng", "lượng"},
      {"lựơng", "lượng"},
      {"tuấn", "tuấn"},
      {"túân", "tuấn"},
      {"xoắn", "xoắn"},
      {"xóăn", "xoắn"},
      {"yến", "yến"},
      {"ýên", "yến"},
      {"cứa", "cứa"},
      {"cưá", "cứa"},
      {"lửa", "lửa"},
      {"lưả", "lửa"},
      {"quốc", "quốc"},
      {"qúôc", "quốc"},
      // Open syllables where only a slip puts the mark elsewhere.
      {"của", "của"},
      {"cuả", "của"},
      {"mía", "mía"},
      {"miá", "mía"},
      {"báo", "báo"},
      {"baó", "báo"},
      {"núi", "núi"},
      {"nuí", "núi"},
      {"hải", "hải"},
      {"haỉ", "hải"},
      // qu and gi are consonants.
      {"quý", "quý"},
      {"qúy", "quý"},
      {"Qúy", "Quý"},
      {"quá", "quá"},
      {"qúa", "quá"},
      {"quả", "quả"},
      {"qủa", "quả"},
      {"già", "già"},
      {"gìa", "già"},
      {"giúp", "giúp"},
      {"gíup", "giúp"},
      {"giáo", "giáo"},
      {"gíao", "giáo"},
      {"gì", "gì"},
      {"gìn", "gìn"},
      {"giếng", "giếng"},
      {"gíêng", "giếng"},
      {"quỳnh", "quỳnh"},
      {"qùynh", "quỳnh"},
      // Decomposed input.
      {"Hoa\u0300", "Hòa"},
      {"thuy\u0309", "thủy"},
      {"HO\u0300A", "HÒA"},
      // Several words, with what stands between them.
      {"Thanh Hoá, Khánh Hoà", "Thanh Hóa, Khánh Hòa"},
      {"(uỷ ban)", "(ủy ban)"},
      {"hoà2", "hòa2"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.in);
    CHECK(CanonicalToneMarks(c.in) == c.out);
  }
}

TEST_CASE("what is not a Vietnamese syllable with one tone is left as it is") {
  const std::string cases[] = {
      "Đắk Lắk", "Krông Búk", "Zoé", "Renée",   "café", "señor", "Müller", "José", "Straße",
      "hóá",     "hoan",      "Hoa", "HoàPhát", "gịa",  "giạ",   "łóa",    "1á2",  "",
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(CanonicalToneMarks(text) == text);
  }
}

// Toneless letters of syllables with more than one vowel.
const std::vector<std::u32string>& Bodies() {
  static const std::vector<std::u32string>& bodies = *new std::vector<std::u32string>{
      U"hoa",   U"thuy", U"khoe", U"toan", U"huynh", U"ngoai", U"xoay", U"cua",
      U"mia",   U"bao",  U"nui",  U"quy",  U"qua",   U"giup",  U"giao", U"gia",
      U"khoet", U"hai",  U"theo", U"chiu", U"oa",    U"uy"};
  return bodies;
}

TEST_CASE("moving a tone never changes the tone or the letters") {
  const std::u32string tones = U"\u0300\u0301\u0303\u0309\u0323";
  std::set<std::string> seen;
  for (const std::u32string& body : Bodies()) {
    for (const char32_t tone : tones) {
      std::set<std::string> forms;
      for (size_t i = 0; i < body.size(); ++i) {
        if (std::u32string(U"aeiouy").find(body[i]) == std::u32string::npos) continue;
        std::u32string written = body;
        written.insert(i + 1, 1, tone);
        const std::string canonical = CanonicalToneMarks(EncodeUtf8(written));
        CHECK(CanonicalToneMarks(canonical) == canonical);
        forms.insert(canonical);
      }
      CAPTURE(EncodeUtf8(body), uint32_t{tone});
      // "gịa" and "giạ" are two words.
      CHECK(forms.size() == (body == U"gia" && tone == U'\u0323' ? 2 : 1));
      for (const std::string& form : forms) CHECK(seen.insert(form).second);
    }
    CHECK(seen.insert(CanonicalToneMarks(EncodeUtf8(body))).second);
  }
}

}  // namespace
}  // namespace eid::text
