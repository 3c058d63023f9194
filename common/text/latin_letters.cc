// SPDX-License-Identifier: Apache-2.0
#include "common/text/latin_letters.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace eid::text {
namespace {

// One mark: base + mark is the letter at the same place of `composed`.
struct MarkRow {
  char32_t mark;
  uint8_t combining_class;
  const char32_t* base;
  const char32_t* composed;
};

// From UnicodeData.txt (canonical decompositions; none of these is a composition exclusion).
constexpr MarkRow kMarks[] = {
    // grave accent
    {0x0300, 230, U"AEIOUaeiouÜüNnĒēŌōWwÂâĂăÊêÔôƠơƯưYy", U"ÀÈÌÒÙàèìòùǛǜǸǹḔḕṐṑẀẁẦầẰằỀềỒồỜờỪừỲỳ"},
    // acute accent
    {0x0301, 230, U"AEIOUYaeiouyCcLlNnRrSsZzÜüGgÅåÆæØøÇçĒēÏïKkMmÕõŌōPpŨũWwÂâĂăÊêÔôƠơƯư",
     U"ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹźǗǘǴǵǺǻǼǽǾǿḈḉḖḗḮḯḰḱḾḿṌṍṒṓṔṕṸṹẂẃẤấẮắẾếỐốỚớỨứ"},
    // circumflex accent
    {0x0302, 230, U"AEIOUaeiouCcGgHhJjSsWwYyZzẠạẸẹỌọ", U"ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷẐẑẬậỆệỘộ"},
    // tilde
    {0x0303, 230, U"ANOanoIiUuVvÂâĂăEeÊêÔôƠơƯưYy", U"ÃÑÕãñõĨĩŨũṼṽẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹ"},
    // macron
    {0x0304, 230, U"AaEeIiOoUuÜüÄäȦȧÆæǪǫÖöÕõȮȯYyGgḶḷṚṛ", U"ĀāĒēĪīŌōŪūǕǖǞǟǠǡǢǣǬǭȪȫȬȭȰȱȲȳḠḡḸḹṜṝ"},
    // breve
    {0x0306, 230, U"AaEeGgIiOoUuȨȩẠạ", U"ĂăĔĕĞğĬĭŎŏŬŭḜḝẶặ"},
    // dot above
    {0x0307, 230, U"CcEeGgIZzAaOoBbDdFfHhMmNnPpRrSsŚśŠšṢṣTtWwXxYy",
     U"ĊċĖėĠġİŻżȦȧȮȯḂḃḊḋḞḟḢḣṀṁṄṅṖṗṘṙṠṡṤṥṦṧṨṩṪṫẆẇẊẋẎẏ"},
    // diaeresis
    {0x0308, 230, U"AEIOUaeiouyYHhÕõŪūWwXxt", U"ÄËÏÖÜäëïöüÿŸḦḧṎṏṺṻẄẅẌẍẗ"},
    // hook above
    {0x0309, 230, U"AaÂâĂăEeÊêIiOoÔôƠơUuƯưYy", U"ẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷ"},
    // ring above
    {0x030A, 230, U"AaUuwy", U"ÅåŮůẘẙ"},
    // double acute accent
    {0x030B, 230, U"OoUu", U"ŐőŰű"},
    // caron
    {0x030C, 230, U"CcDdEeLlNnRrSsTtZzAaIiOoUuÜüGgKkƷʒjHh",
     U"ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔǙǚǦǧǨǩǮǯǰȞȟ"},
    // double grave accent
    {0x030F, 230, U"AaEeIiOoRrUu", U"ȀȁȄȅȈȉȌȍȐȑȔȕ"},
    // inverted breve
    {0x0311, 230, U"AaEeIiOoRrUu", U"ȂȃȆȇȊȋȎȏȒȓȖȗ"},
    // horn
    {0x031B, 216, U"OoUu", U"ƠơƯư"},
    // dot below
    {0x0323, 220, U"BbDdHhKkLlMmNnRrSsTtVvWwZzAaEeIiOoƠơUuƯưYy",
     U"ḄḅḌḍḤḥḲḳḶḷṂṃṆṇṚṛṢṣṬṭṾṿẈẉẒẓẠạẸẹỊịỌọỢợỤụỰựỴỵ"},
    // diaeresis below
    {0x0324, 220, U"Uu", U"Ṳṳ"},
    // ring below
    {0x0325, 220, U"Aa", U"Ḁḁ"},
    // comma below
    {0x0326, 220, U"SsTt", U"ȘșȚț"},
    // cedilla
    {0x0327, 202, U"CcGgKkLlNnRrSsTtEeDdHh", U"ÇçĢģĶķĻļŅņŖŗŞşŢţȨȩḐḑḨḩ"},
    // ogonek
    {0x0328, 202, U"AaEeIiUuOo", U"ĄąĘęĮįŲųǪǫ"},
    // circumflex accent below
    {0x032D, 220, U"DdEeLlNnTtUu", U"ḒḓḘḙḼḽṊṋṰṱṶṷ"},
    // breve below
    {0x032E, 220, U"Hh", U"Ḫḫ"},
    // tilde below
    {0x0330, 220, U"EeIiUu", U"ḚḛḬḭṴṵ"},
    // macron below
    {0x0331, 220, U"BbDdKkLlNnRrTtZzh", U"ḆḇḎḏḴḵḺḻṈṉṞṟṮṯẔẕẖ"},
};

// Characters that are another one, or two, in every normalisation form.
constexpr std::pair<char32_t, char32_t> kSingletons[] = {
    {0x0340, kGrave}, {0x0341, kAcute}, {0x212A, U'K'}, {0x212B, U'Å'}};

// Letters that differ in case and have no decomposition.
constexpr const char32_t* kUpper = U"ÆÐØÞĐĦĲĿŁŊŒŦƠƯƷẞ";
constexpr const char32_t* kLower = U"æðøþđħĳŀłŋœŧơưʒß";

// Where Unicode has its combining marks.
constexpr char32_t kFirstMark = 0x300, kLastMark = 0x36F;

struct Tables {
  std::array<uint8_t, kLastMark - kFirstMark + 1> classes{};
  absl::flat_hash_map<char32_t, std::pair<char32_t, char32_t>> parts;
  absl::flat_hash_map<uint64_t, char32_t> whole;
  absl::flat_hash_map<char32_t, char32_t> singletons;
  absl::flat_hash_map<char32_t, char32_t> lower;
};

uint64_t PairKey(char32_t base, char32_t mark) { return uint64_t{base} << 32 | mark; }

const Tables& TheTables() {
  static const Tables& tables = *[] {
    auto* t = new Tables;
    for (const MarkRow& row : kMarks) {
      t->classes[row.mark - kFirstMark] = row.combining_class;
      for (size_t i = 0; row.base[i] != 0; ++i) {
        t->parts[row.composed[i]] = {row.base[i], row.mark};
        t->whole[PairKey(row.base[i], row.mark)] = row.composed[i];
      }
    }
    for (const auto& [from, to] : kSingletons) t->singletons[from] = to;
    for (size_t i = 0; kUpper[i] != 0; ++i) t->lower[kUpper[i]] = kLower[i];
    return t;
  }();
  return tables;
}

void AppendParts(const Tables& tables, char32_t c, std::u32string& out) {
  if (c < 0xC0) {
    out.push_back(c);
    return;
  }
  if (const auto it = tables.singletons.find(c); it != tables.singletons.end()) c = it->second;
  if (const auto it = tables.parts.find(c); it != tables.parts.end()) {
    AppendParts(tables, it->second.first, out);
    out.push_back(it->second.second);
    return;
  }
  out.push_back(c);
}

void OrderMarks(std::u32string& text) {
  const auto by_class = [](char32_t a, char32_t b) {
    return CombiningClass(a) < CombiningClass(b);
  };
  for (size_t i = 0; i < text.size();) {
    if (CombiningClass(text[i]) == 0) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && CombiningClass(text[end]) != 0) ++end;
    const auto first = text.begin() + i, last = text.begin() + end;
    if (!std::is_sorted(first, last, by_class)) std::stable_sort(first, last, by_class);
    i = end;
  }
}

}  // namespace

int CombiningClass(char32_t c) {
  if (c < kFirstMark || c > kLastMark) return 0;
  return TheTables().classes[c - kFirstMark];
}

char32_t LowerDecomposed(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  const auto& lower = TheTables().lower;
  const auto it = lower.find(c);
  return it == lower.end() ? c : it->second;
}

std::u32string Decompose(const std::u32string& text) {
  std::u32string out;
  out.reserve(text.size() * 2);
  for (const char32_t c : text) AppendParts(TheTables(), c, out);
  OrderMarks(out);
  return out;
}

// The algorithm of UAX #15: a mark joins the last starter unless a mark of the same or a higher
// class lies between.
std::u32string Compose(std::u32string text) {
  OrderMarks(text);
  const auto& whole = TheTables().whole;
  // What is composed takes the place of what was read.
  size_t size = 0;
  size_t starter = std::u32string::npos;
  int last_class = 0;
  for (const char32_t c : text) {
    const int combining_class = CombiningClass(c);
    if (starter != std::u32string::npos && combining_class > last_class) {
      if (const auto it = whole.find(PairKey(text[starter], c)); it != whole.end()) {
        text[starter] = it->second;
        continue;
      }
    }
    if (combining_class == 0) starter = size;
    last_class = combining_class;
    text[size++] = c;
  }
  text.resize(size);
  return text;
}

}  // namespace eid::text
