// SPDX-License-Identifier: Apache-2.0
#include "common/text/tone_marks.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/text/latin_letters.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"

namespace eid::text {
namespace {

// A letter of a word, taken apart: "ộ" is o, circumflex, dot below.
struct Letter {
  char32_t base;
  // What makes it another vowel: circumflex, breve or horn.
  char32_t quality = 0;
  char32_t tone = 0;
};

// No syllable has more than seven.
using Word = absl::InlinedVector<Letter, 8>;

bool IsTone(char32_t c) {
  return c == kGrave || c == kAcute || c == kTilde || c == kHookAbove || c == kDotBelow;
}

// What a word consists of: letters of any alphabet and the marks on them.
bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c == 0xD7 || c == 0xF7 || c >= kBrokenByte) return false;
  return c >= 0xC0 && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x3003);
}

// The letters of a decomposed word; nullopt if something in it is not of the Vietnamese alphabet.
std::optional<Word> ParseWord(absl::Span<const char32_t> text) {
  Word word;
  for (const char32_t c : text) {
    if (CombiningClass(c) == 0) {
      const char32_t lower = LowerDecomposed(c);
      if (lower != U'đ' && !(lower >= 'a' && lower <= 'z')) return std::nullopt;
      word.push_back({c});
    } else if (word.empty()) {
      return std::nullopt;
    } else if (IsTone(c)) {
      if (word.back().tone != 0) return std::nullopt;
      word.back().tone = c;
    } else if (c == kCircumflex || c == kBreve || c == kHorn) {
      if (word.back().quality != 0) return std::nullopt;
      word.back().quality = c;
    } else {
      return std::nullopt;
    }
  }
  return word;
}

void AppendWord(const Word& word, std::u32string& out) {
  for (const Letter& letter : word) {
    out.push_back(letter.base);
    if (letter.quality != 0) out.push_back(letter.quality);
    if (letter.tone != 0) out.push_back(letter.tone);
  }
}

// The letters without tone, in lower case and composed: "Hoàn" gives "hoan".
std::u32string Toneless(const Word& word) {
  std::u32string out;
  for (const Letter& letter : word) {
    std::u32string one(1, LowerDecomposed(letter.base));
    if (letter.quality != 0) one.push_back(letter.quality);
    out += Compose(one);
  }
  return out;
}

bool IsVowel(char32_t c) {
  static constexpr char32_t kVowels[] = U"aăâeêioôơuưy";
  return std::find(std::begin(kVowels), std::end(kVowels) - 1, c) != std::end(kVowels) - 1;
}

using Strings = absl::flat_hash_set<std::u32string>;

bool IsOnset(const std::u32string& s) {
  static const Strings& onsets = *new Strings{
      U"",  U"b",  U"c",   U"ch", U"d", U"đ",  U"g",  U"gh", U"gi", U"h", U"k",  U"kh", U"l", U"m",
      U"n", U"ng", U"ngh", U"nh", U"p", U"ph", U"qu", U"r",  U"s",  U"t", U"th", U"tr", U"v", U"x"};
  return onsets.contains(s);
}

bool IsNucleus(const std::u32string& s) {
  static const Strings& nuclei =
      *new Strings{U"a",   U"ă",   U"â",   U"e",   U"ê",   U"i",   U"o",   U"ô",   U"ơ",   U"u",
                   U"ư",   U"y",   U"ai",  U"ao",  U"au",  U"ay",  U"âu",  U"ây",  U"eo",  U"êu",
                   U"ia",  U"iê",  U"iu",  U"oa",  U"oă",  U"oe",  U"oi",  U"oo",  U"ôi",  U"ôô",
                   U"ơi",  U"ua",  U"uâ",  U"uê",  U"ui",  U"uô",  U"uơ",  U"uy",  U"ưa",  U"ưi",
                   U"ươ",  U"ưu",  U"yê",  U"iêu", U"oai", U"oao", U"oay", U"oeo", U"uây", U"uôi",
                   U"uya", U"uyê", U"uyu", U"uêu", U"ươi", U"ươu", U"yêu"};
  return nuclei.contains(s);
}

bool IsCoda(const std::u32string& s) {
  static const Strings& codas =
      *new Strings{U"", U"c", U"ch", U"m", U"n", U"ng", U"nh", U"p", U"t"};
  return codas.contains(s);
}

// Where the vowels of a Vietnamese syllable stand.
struct Nucleus {
  size_t begin;
  size_t end;
};

std::optional<Nucleus> FindNucleus(const std::u32string& syllable) {
  size_t begin = 0;
  while (begin < syllable.size() && !IsVowel(syllable[begin])) ++begin;
  // The u of "qu", and the i of "gi" before another vowel, belong to the consonant.
  const std::u32string two = syllable.substr(0, 2);
  if ((two == U"qu" || two == U"gi") && syllable.size() > 2 && IsVowel(syllable[2])) begin = 2;
  size_t end = begin;
  while (end < syllable.size() && IsVowel(syllable[end])) ++end;
  const bool known = IsOnset(syllable.substr(0, begin)) &&
                     IsNucleus(syllable.substr(begin, end - begin)) && IsCoda(syllable.substr(end));
  if (!known) return std::nullopt;
  return Nucleus{begin, end};
}

// The one place of the tone: the last of â ă ê ô ơ ư; else the last vowel before a final consonant;
// else the first of two ("hòa", the older style, which legal names keep more often) and the middle
// one of three.
size_t TonePlace(const Word& word, const Nucleus& nucleus) {
  for (size_t i = nucleus.end; i > nucleus.begin; --i) {
    if (word[i - 1].quality != 0) return i - 1;
  }
  if (nucleus.end < word.size()) return nucleus.end - 1;
  return nucleus.end - nucleus.begin == 3 ? nucleus.begin + 1 : nucleus.begin;
}

void MoveTone(Word& word) {
  const auto has_tone = [](const Letter& letter) { return letter.tone != 0; };
  if (std::count_if(word.begin(), word.end(), has_tone) != 1) return;
  const size_t from = std::find_if(word.begin(), word.end(), has_tone) - word.begin();
  const std::u32string syllable = Toneless(word);
  const std::optional<Nucleus> nucleus = FindNucleus(syllable);
  if (!nucleus.has_value() || !IsVowel(syllable[from])) return;
  // The one pair of words that differ in the place of the tone alone: "gịa" (as in "giặt gịa") and
  // "giạ".
  if (syllable == U"gia" && from == 1 && word[from].tone == kDotBelow) return;
  std::swap(word[from].tone, word[TonePlace(word, *nucleus)].tone);
}

}  // namespace

std::u32string MoveToneMarks(const std::u32string& in) {
  std::u32string out;
  out.reserve(in.size());
  for (size_t i = 0; i < in.size();) {
    size_t end = i;
    while (end < in.size() && IsWordCharacter(in[end])) ++end;
    if (end == i) {
      out.push_back(in[i++]);
      continue;
    }
    const auto letters = absl::MakeConstSpan(in).subspan(i, end - i);
    std::optional<Word> word;
    if (std::any_of(letters.begin(), letters.end(), IsTone)) word = ParseWord(letters);
    if (word.has_value()) {
      MoveTone(*word);
      AppendWord(*word, out);
    } else {
      out.append(letters.begin(), letters.end());
    }
    i = end;
  }
  return out;
}

std::string CanonicalToneMarks(absl::string_view text) {
  return EncodeUtf8(Compose(MoveToneMarks(Decompose(DecodeUtf8(text)))));
}

}  // namespace eid::text
