// SPDX-License-Identifier: Apache-2.0
#include "services/verification/match.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/codes/contact.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"
#include "common/text/utf8.h"

namespace eid::verification {
namespace {

constexpr size_t kShownCharacters = 3;
constexpr absl::string_view kMask = "***";

Match Same(bool same) { return same ? Match::kSame : Match::kDifferent; }

// Compared as names, with the reason why they differ.
Match MatchKeys(absl::string_view declared, absl::string_view registered) {
  if (text::SameName(declared, registered)) return Match::kSame;
  if (text::SameNameIgnoringDiacritics(declared, registered)) return Match::kDiacriticsOnly;
  return Match::kDifferent;
}

// The words of an address part, without the punctuation that people put in or leave out.
std::vector<std::string> AddressWords(absl::string_view part) {
  const std::string plain =
      absl::StrReplaceAll(part, {{",", " "}, {".", " "}, {";", " "}, {"(", " "}, {")", " "}});
  return absl::StrSplit(text::NameKey(plain), ' ', absl::SkipEmpty());
}

// A kind of communes as it is written, in the words of name keys.
struct UnitKind {
  std::vector<std::string> written;
  std::string kind;
};

// Those since 1 July 2025 and their abbreviations.
const std::vector<UnitKind>& UnitKinds() {
  static const auto& kinds = *new std::vector<UnitKind>{
      {AddressWords("phường"), text::NameKey("phường")},
      {AddressWords("p"), text::NameKey("phường")},
      {AddressWords("xã"), text::NameKey("xã")},
      {AddressWords("x"), text::NameKey("xã")},
      {AddressWords("đặc khu"), text::NameKey("đặc khu")},
      {AddressWords("đk"), text::NameKey("đặc khu")},
  };
  return kinds;
}

struct Commune {
  std::string kind;  // empty: not said
  std::string name;
};

Commune CommuneOf(absl::string_view value) {
  const std::vector<std::string> words = AddressWords(value);
  for (const UnitKind& unit : UnitKinds()) {
    const std::vector<std::string>& written = unit.written;
    if (words.size() <= written.size() ||
        !std::equal(written.begin(), written.end(), words.begin())) {
      continue;
    }
    return {unit.kind, absl::StrJoin(words.begin() + static_cast<ptrdiff_t>(written.size()),
                                     words.end(), " ")};
  }
  return {"", absl::StrJoin(words, " ")};
}

}  // namespace

Match MatchPersonName(absl::string_view declared, absl::string_view registered) {
  return MatchName(declared, registered);
}

Match MatchOrganizationName(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  if (text::SameOrganizationName(declared, registered)) return Match::kSame;
  return MatchKeys(text::OrganizationNameKey(declared).key,
                   text::OrganizationNameKey(registered).key);
}

Match MatchName(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  return MatchKeys(declared, registered);
}

Match MatchDate(const google::type::Date& declared, const google::type::Date& registered) {
  if (registered.year() == 0) return Match::kNothingToCompare;
  if (declared.year() != registered.year()) return Match::kDifferent;
  if (registered.month() == 0) return Match::kNothingToCompare;
  if (declared.month() != registered.month()) return Match::kDifferent;
  if (registered.day() == 0) return Match::kNothingToCompare;
  return Same(declared.day() == registered.day());
}

Match MatchCode(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  return Same(absl::StripAsciiWhitespace(declared) == absl::StripAsciiWhitespace(registered));
}

Match MatchReference(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  return Same(text::SameName(declared, registered));
}

Match MatchPhone(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  const std::optional<std::string> a = codes::NormalisePhone(declared);
  const std::optional<std::string> b = codes::NormalisePhone(registered);
  return Same(a.has_value() && a == b);
}

Match MatchStreet(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  std::vector<std::string> a = AddressWords(declared);
  std::vector<std::string> b = AddressWords(registered);
  static const std::string& number = *new std::string(text::NameKey("số"));
  for (std::vector<std::string>* words : {&a, &b}) {
    if (words->size() > 1 && words->front() == number) words->erase(words->begin());
  }
  return MatchKeys(absl::StrJoin(a, " "), absl::StrJoin(b, " "));
}

Match MatchCommune(absl::string_view declared, absl::string_view registered) {
  if (registered.empty()) return Match::kNothingToCompare;
  const Commune a = CommuneOf(declared);
  const Commune b = CommuneOf(registered);
  if (!a.kind.empty() && !b.kind.empty() && a.kind != b.kind) return Match::kDifferent;
  return MatchKeys(a.name, b.name);
}

bool PredatesUnitsOf2025(const registry::v1::RegisteredAddress& address) {
  return !address.district().empty() || address.province_code().empty();
}

bool IsFormerDocument(const registry::v1::RegisteredRepresentative& registered,
                      const registry::v1::PersonRecord& person) {
  const absl::string_view number = absl::StripAsciiWhitespace(registered.document_number());
  if (number.empty()) return false;
  return std::any_of(
      person.former_documents().begin(), person.former_documents().end(),
      [&](const registry::v1::FormerDocument& former) {
        // Which kinds go together; a register that does not say the kind may mean any.
        bool kinds_agree = true;
        switch (registered.document_kind()) {
          case registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID:
            kinds_agree = former.kind() == registry::v1::FORMER_DOCUMENT_KIND_CANCELLED_PERSONAL_ID;
            break;
          case registry::v1::REGISTERED_DOCUMENT_KIND_ID_CARD_9:
            kinds_agree = former.kind() == registry::v1::FORMER_DOCUMENT_KIND_ID_CARD_9;
            break;
          case registry::v1::REGISTERED_DOCUMENT_KIND_PASSPORT:
            kinds_agree = former.kind() == registry::v1::FORMER_DOCUMENT_KIND_PASSPORT;
            break;
          default: break;
        }
        return kinds_agree &&
               absl::EqualsIgnoreCase(number, absl::StripAsciiWhitespace(former.number()));
      });
}

std::string Masked(absl::string_view value) {
  const std::u32string characters = text::DecodeUtf8(text::NormaliseName(value));
  if (characters.empty()) return "";
  if (characters.size() <= kShownCharacters) return std::string(kMask);
  return absl::StrCat(kMask,
                      text::EncodeUtf8(characters.substr(characters.size() - kShownCharacters)));
}

}  // namespace eid::verification
