// SPDX-License-Identifier: Apache-2.0
#include "common/text/organization_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/text/latin_letters.h"
#include "common/text/name.h"
#include "common/text/utf8.h"

namespace eid::text {
namespace {

using Words = std::vector<std::string>;

struct Row {
  const char* from;
  const char* to;
  // Where the row holds: anywhere (""), at the start ("^"), or right after these words as written
  // out so far.
  const char* after = "";
};

// Only legal forms, kinds of unit and state bodies. Lines of business (TM, DV, SX, XNK, …) are part
// of the proper name and stay as they are written.
constexpr Row kRows[] = {
    {"cty", "công ty"},
    {"c ty", "công ty", "^"},
    {"ct tnhh", "công ty trách nhiệm hữu hạn", "^"},
    {"ct cp", "công ty cổ phần", "^"},
    {"ct cổ phần", "công ty cổ phần", "^"},
    {"ctcp", "công ty cổ phần"},
    {"cp", "cổ phần", "công ty"},
    {"hd", "hợp danh", "công ty"},
    {"tnhh", "trách nhiệm hữu hạn"},
    {"tnhhmtv", "trách nhiệm hữu hạn một thành viên"},
    {"mtv", "một thành viên", "trách nhiệm hữu hạn"},
    {"mtv", "một thành viên", "công ty"},
    {"1tv", "một thành viên", "trách nhiệm hữu hạn"},
    {"1 tv", "một thành viên", "trách nhiệm hữu hạn"},
    {"một tv", "một thành viên", "trách nhiệm hữu hạn"},
    {"1 thành viên", "một thành viên", "trách nhiệm hữu hạn"},
    {"2tv", "hai thành viên", "trách nhiệm hữu hạn"},
    {"2 tv", "hai thành viên", "trách nhiệm hữu hạn"},
    {"hai tv", "hai thành viên", "trách nhiệm hữu hạn"},
    {"2 thành viên", "hai thành viên", "trách nhiệm hữu hạn"},
    {"tcty", "tổng công ty"},
    {"dntn", "doanh nghiệp tư nhân"},
    {"dn tư nhân", "doanh nghiệp tư nhân", "^"},
    {"dnnn", "doanh nghiệp nhà nước"},
    {"hkd", "hộ kinh doanh", "^"},
    {"hộ kd", "hộ kinh doanh", "^"},
    {"htx", "hợp tác xã"},
    {"lhhtx", "liên hiệp hợp tác xã"},
    {"lh htx", "liên hiệp hợp tác xã", "^"},
    {"qtdnd", "quỹ tín dụng nhân dân"},
    {"nhtmcp", "ngân hàng thương mại cổ phần"},
    {"nh tmcp", "ngân hàng thương mại cổ phần", "^"},
    {"tmcp", "thương mại cổ phần", "ngân hàng"},
    {"tm cp", "thương mại cổ phần", "ngân hàng"},
    {"vpđd", "văn phòng đại diện"},
    {"cn cty", "chi nhánh công ty", "^"},
    {"cn công ty", "chi nhánh công ty", "^"},
    {"cn ctcp", "chi nhánh công ty cổ phần", "^"},
    {"cn dntn", "chi nhánh doanh nghiệp tư nhân", "^"},
    {"cn htx", "chi nhánh hợp tác xã", "^"},
    {"cn ngân hàng", "chi nhánh ngân hàng", "^"},
    {"ubnd", "ủy ban nhân dân"},
    {"hđnd", "hội đồng nhân dân"},
    {"mttq", "mặt trận tổ quốc"},
    {"ubmttq", "ủy ban mặt trận tổ quốc"},
    {"ubmttqvn", "ủy ban mặt trận tổ quốc việt nam"},
    {"thcs", "trung học cơ sở"},
    {"thpt", "trung học phổ thông"},
    {"tphcm", "thành phố hồ chí minh"},
    {"tp hcm", "thành phố hồ chí minh"},
    {"tp hồ chí minh", "thành phố hồ chí minh"},
};

// A row as the words of name keys, so that the table may be written in either style of tone marks.
struct Rewrite {
  Words from;
  Words to;
  bool at_start = false;
  Words after;
  std::string label;
};

Words KeyWords(absl::string_view text) {
  return absl::StrSplit(NameKey(text), ' ', absl::SkipEmpty());
}

const std::vector<Rewrite>& Rewrites() {
  static const std::vector<Rewrite>& rewrites = *[] {
    auto* all = new std::vector<Rewrite>;
    for (const Row& row : kRows) {
      const absl::string_view after = row.after;
      all->push_back({.from = KeyWords(row.from),
                      .to = KeyWords(row.to),
                      .at_start = after == "^",
                      .after = after == "^" ? Words{} : KeyWords(after),
                      .label = absl::StrCat(row.from, " -> ", row.to)});
    }
    // The longest first, so that "cn công ty" comes before anything that begins with "cn".
    std::stable_sort(all->begin(), all->end(), [](const Rewrite& a, const Rewrite& b) {
      return a.from.size() > b.from.size();
    });
    return all;
  }();
  return rewrites;
}

// Signs that the Law on Enterprises 2020, Art. 41(2) does not accept as a difference between two
// names, and brackets and quotation marks.
bool IsSeparator(char32_t c) {
  static const std::u32string& separators = *new std::u32string(U",.+-_;:\"()[]/“”„«»‐‑‒–—");
  return IsSpace(c) || separators.find(c) != std::u32string::npos;
}

bool IsSingleLetter(const std::u32string& word) {
  return word.size() == 1 && (word[0] > 0x7F || word[0] >= 'a') && CombiningClass(word[0]) == 0;
}

// Words of a name key, without punctuation. "t.n.h.h" is one word: letters that only dots part are
// an abbreviation.
Words SplitWords(absl::string_view key) {
  std::vector<std::u32string> words;
  std::u32string word;
  // Whether a dot, and nothing else, stands between the last word and the next.
  bool after_dot = false;
  bool last_is_abbreviation = false;
  const auto finish = [&] {
    while (!word.empty() && word.front() == U'\'') word.erase(0, 1);
    while (!word.empty() && word.back() == U'\'') word.pop_back();
    if (word.empty()) return;
    const bool single = IsSingleLetter(word);
    if (single && after_dot && last_is_abbreviation) {
      words.back() += word;
    } else {
      words.push_back(word);
    }
    last_is_abbreviation = single;
    after_dot = false;
    word.clear();
  };
  for (const char32_t c : DecodeUtf8(key)) {
    if (c == U'&') {
      finish();
      words.push_back(U"và");
      last_is_abbreviation = after_dot = false;
    } else if (!IsSeparator(c)) {
      word.push_back(c);
    } else {
      const bool ended_word = !word.empty();
      finish();
      after_dot = c == U'.' && ended_word;
    }
  }
  finish();
  Words out;
  for (const std::u32string& w : words) out.push_back(EncodeUtf8(w));
  return out;
}

bool EndsWith(const Words& words, const Words& end) {
  return words.size() >= end.size() && std::equal(end.begin(), end.end(), words.end() - end.size());
}

const Rewrite* FindRewrite(const Words& in, size_t at, const Words& out) {
  for (const Rewrite& rewrite : Rewrites()) {
    if (rewrite.at_start && at != 0) continue;
    if (at + rewrite.from.size() > in.size() || !EndsWith(out, rewrite.after)) continue;
    if (std::equal(rewrite.from.begin(), rewrite.from.end(), in.begin() + at)) return &rewrite;
  }
  return nullptr;
}

}  // namespace

OrganizationKey OrganizationNameKey(absl::string_view name) {
  const Words in = SplitWords(NameKey(name));
  Words out;
  OrganizationKey result;
  for (size_t i = 0; i < in.size();) {
    const Rewrite* rewrite = FindRewrite(in, i, out);
    if (rewrite == nullptr) {
      out.push_back(in[i++]);
      continue;
    }
    out.insert(out.end(), rewrite->to.begin(), rewrite->to.end());
    result.rewrites.push_back(rewrite->label);
    i += rewrite->from.size();
  }
  result.key = absl::StrJoin(out, " ");
  return result;
}

bool SameOrganizationName(absl::string_view a, absl::string_view b) {
  const std::string key = OrganizationNameKey(a).key;
  return !key.empty() && IsValidUtf8(key) && (a == b || key == OrganizationNameKey(b).key);
}

}  // namespace eid::text
