// SPDX-License-Identifier: Apache-2.0
// Codes, names and texts. The input is any bytes: they may be no UTF-8 at all. With a zero byte it is
// two texts, for what compares.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/codes/agency_code.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/file_code.h"
#include "common/codes/personal_id.h"
#include "common/codes/secrets.h"
#include "common/codes/tax_code.h"
#include "common/codes/text_field.h"
#include "common/crypto/keys.h"
#include "common/dossier/organization_keys.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"
#include "services/verification/match.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using codes::CodeError;

// What every check says: words, and never the value's own.
bool Right(const std::optional<CodeError>& error, absl::string_view value) {
  if (!error.has_value()) return true;
  Require(!error->description.empty() && error->reason != 0, "an error has words and a reason");
  Require(!Repeats(error->description, value), absl::StrCat("an error does not repeat: ", value));
  return false;
}

void Codes(absl::string_view text) {
  const bool phone = Right(codes::CheckPhone(text), text);
  const auto normal_phone = codes::NormalisePhone(text);
  Require(phone == normal_phone.has_value(), "a phone is right or it is not");
  if (phone) Require(codes::NormalisePhone(*normal_phone) == *normal_phone, "E.164 stays E.164");
  if (Right(codes::CheckMobilePhone(text), text)) Require(phone, "a mobile phone is a phone");
  const bool email = Right(codes::CheckEmail(text), text);
  const auto normal_email = codes::NormaliseEmail(text);
  Require(email == normal_email.has_value(), "an e-mail address is right or it is not");
  if (email) Require(codes::NormaliseEmail(*normal_email) == *normal_email, "stays as it is");

  if (Right(codes::CheckPersonalId(text), text)) {
    Require(codes::PersonalIdBirthYear(text).has_value() && codes::PersonalIdSex(text).has_value(),
            "a personal number holds year and sex");
    (void)codes::PersonalIdProvince(text);
  }
  (void)codes::HasUnlistedBirthCode(text);
  (void)Right(codes::CheckPassport(text), text);
  (void)Right(codes::CheckOldIdentityCard(text), text);
  (void)Right(codes::CheckAgencyCode(text), text);
  if (Right(codes::CheckTaxCode(text), text)) {
    Require(codes::ParentTaxCode(text).size() == 10, "a tax code has ten digits");
    (void)codes::IsDependentUnit(text);
  }
  (void)codes::TaxCodeCheckDigit(text);
  (void)Right(codes::CheckFileUnit(text), text);
  const auto file = codes::ParseFileCode(text);
  Require(Right(codes::CheckFileCode(text), text) == file.has_value(), "a file code is or is not");
  if (file.has_value()) {
    const auto again = codes::FormatFileCode(file->unit, file->date, file->serial);
    Require(again.ok() && codes::ParseFileCode(*again)->serial == file->serial, "comes back");
  }
  (void)Right(codes::CheckPassword(text), text);
  (void)Right(codes::CheckPasscode(text), text);
  if (Right(codes::CheckText(text, 0, 100), text))
    Require(text::IsValidUtf8(text) && text::CountCharacters(text) <= 100, "text is text");
  if (Right(codes::CheckText(text, 1, 2000), text))
    Require(Right(codes::CheckParagraphs(text, 1, 2000), text), "a line is a paragraph");
  (void)crypto::PublicKey::FromSpki(text);
}

template <class Function>
std::string Idempotent(Function function, absl::string_view text, const char* what) {
  std::string once = function(text);
  Require(function(once) == once, what);
  return once;
}

void Names(absl::string_view text) {
  Require(text::EncodeUtf8(text::DecodeUtf8(text)) == text, "code points come back, broken or not");
  const bool valid = text::IsValidUtf8(text);
  for (const std::string& made :
       {Idempotent(text::ComposeNfc, text, "NFC is composed once"),
        Idempotent(text::FoldCase, text, "case is folded once"),
        Idempotent(text::CanonicalToneMarks, text, "tone marks have one place"),
        Idempotent(text::NormaliseName, text, "a name is normal or not"),
        Idempotent(text::NameKey, text, "the key of a key is itself")}) {
    Require(!valid || text::IsValidUtf8(made), "text stays text");
  }
  const text::OrganizationKey key = text::OrganizationNameKey(text);
  Require(!valid || text::IsValidUtf8(key.key), "text stays text");
  Require(!text::SameName(text, text) || valid, "broken text is no name");
  Require(text::SameName(text::NormaliseName(text), text) == text::SameName(text, text),
          "a name is its own, however it is typed");
}

void Pairs(absl::string_view a, absl::string_view b) {
  Require(text::SameName(a, b) == text::SameName(b, a), "names are the same both ways");
  Require(text::SameOrganizationName(a, b) == text::SameOrganizationName(b, a), "both ways");
  if (text::SameName(a, b))
    Require(text::SameNameIgnoringDiacritics(a, b), "what is the same is so without diacritics");
  using Match = verification::Match (*)(absl::string_view, absl::string_view);
  for (const Match match :
       {Match(verification::MatchPersonName), Match(verification::MatchName),
        Match(verification::MatchOrganizationName), Match(verification::MatchCode),
        Match(verification::MatchReference), Match(verification::MatchPhone),
        Match(verification::MatchStreet), Match(verification::MatchCommune)}) {
    (void)match(a, b);
  }
  Require(verification::Masked(a).size() <= a.size() * 4 + 16, "a mask is no larger");
  dossier::v1::Dossier dossier;
  dossier.set_tax_code(std::string(a));
  dossier.mutable_names()->set_vietnamese(std::string(a));
  dossier.set_establishment_decision(std::string(b));
  (void)dossier::OrganizationKeys(dossier);
}

void Dates(absl::string_view bytes) {
  int parts[3] = {};
  for (size_t i = 0; i < bytes.size() && i < 12; ++i)
    parts[i % 3] =
        static_cast<int>(static_cast<uint32_t>(parts[i % 3]) << 8 | static_cast<uint8_t>(bytes[i]));
  const auto [year, month, day] = parts;
  if (codes::CheckDate(year, month, day).has_value()) return;
  const absl::CivilDay date(year, month, day);
  Require(date.year() == year && date.month() == month && date.day() == day, "a day is itself");
  Require(codes::FullYears(date, date) == 0, "nobody is born old");
  (void)codes::FullYears(date, absl::CivilDay(2026, 11, 22));
}

void Run(absl::string_view input) {
  InTime([&] {
    const size_t zero = input.find('\0');
    if (zero != absl::string_view::npos)
      return Pairs(input.substr(0, zero), input.substr(zero + 1));
    Codes(input);
    Names(input);
    Dates(input);
  });
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds = {"0100109106-001",
                                    "G01.899-261121-0001",
                                    "000.00.00.G22",
                                    "079185000001",
                                    "B1234567",
                                    "CTY TNHH MTV T.N.H.H. & \"Sao Mai\"",
                                    "Hoa\u0300 Thu\u1ef7",
                                    "H'Hen Ni\u00ea",
                                    "P. Hoa Sen",
                                    std::string("Nguyễn Văn An\0NGUYEN VAN AN", 31)};
  Dice dice(1);
  for (int i = 0; i < 60; ++i) seeds.push_back(AnySample(dice));
  for (int i = 0; i < 20; ++i)
    seeds.push_back(absl::StrCat(AnySample(dice), std::string(1, '\0'), AnySample(dice)));
  return seeds;
}

}  // namespace

Target Texts() { return {.name = "texts", .run = Run, .seeds = Seeds, .max_size = 256}; }

}  // namespace eid::fuzz
