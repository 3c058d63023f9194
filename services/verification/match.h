// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "google/type/date.pb.h"

// Whether a declared value and a registry's value are the same. Pure functions. Two forms of one value are the same
// (case, spaces, Unicode form, place of the tone mark, abbreviated legal form); two values never are: diacritics are not
// dropped, digits are not guessed.
namespace eid::verification {

enum class Match {
  kSame,
  // They would be the same without diacritics: no match, but a probable slip.
  kDiacriticsOnly,
  kDifferent,
  // The registry holds nothing to compare with.
  kNothingToCompare,
};

Match MatchPersonName(absl::string_view declared, absl::string_view registered);
// With legal forms written out: "CTY CP" is "công ty cổ phần".
Match MatchOrganizationName(absl::string_view declared, absl::string_view registered);
// Names in other languages and abbreviations: as MatchPersonName.
Match MatchName(absl::string_view declared, absl::string_view registered);
// A registry may know the year alone, or month and year: then another year is a difference, the same one is nothing to go by.
Match MatchDate(const google::type::Date& declared, const google::type::Date& registered);
// Codes: the same characters, spaces at the ends apart.
Match MatchCode(absl::string_view declared, absl::string_view registered);
// Numbers of decisions: the same, whatever the case and spaces.
Match MatchReference(absl::string_view declared, absl::string_view registered);
// In any way of writing a Vietnamese number.
Match MatchPhone(absl::string_view declared, absl::string_view registered);
// House and street. Commas, dots and a leading "số" do not count.
Match MatchStreet(absl::string_view declared, absl::string_view registered);
// Commune. "P. Hoa Sen" is "Phường Hoa Sen"; without its kind "Hoa Sen" is too; "Xã Hoa Sen" is not.
Match MatchCommune(absl::string_view declared, absl::string_view registered);

// Whether a registry's address is from before the administrative units of 1 July 2025: it names a district, or no
// province code of Decision 19/2025.
bool PredatesUnitsOf2025(const registry::v1::RegisteredAddress& address);

// Whether a number in a business register is one that this person had before: an old 9-digit card, a passport, or a
// personal ID number that was cancelled.
bool IsFormerDocument(const registry::v1::RegisteredRepresentative& registered,
                      const registry::v1::PersonRecord& person);

// What may be shown of a person's name or number: its last three characters.
std::string Masked(absl::string_view value);

}  // namespace eid::verification
