// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/codes/code_error.h"

// Personal identification number (số định danh cá nhân): PPP G YY RRRRRR. PPP is the province or
// country where the birth was registered, G century and sex, YY the year of birth. It has no check
// digit.
namespace eid::codes {

enum class Sex { kMale, kFemale };

// Twelve digits; the first three are a province's code (the 63 provinces before the merger of 2025:
// a number never changes) or 100 to 999, a country's code. REQUIRED, MALFORMED (not twelve digits),
// UNKNOWN_VALUE (the birth code is neither).
std::optional<CodeError> CheckPersonalId(absl::string_view value);

// The form, and that the number agrees with the declared birth date and sex. As CheckPersonalId,
// and INCONSISTENT. A corrected sex or year of birth leads to a new number, so a mismatch is an
// error in what was declared, not in the register.
std::optional<CodeError> CheckPersonalIdAgainst(absl::string_view value, absl::CivilDay birth_date,
                                                Sex sex);

// A warning, not an error: the birth code is in the range of countries, whose table is not public,
// so it could not be looked up. False for a value that is not a valid number.
bool HasUnlistedBirthCode(absl::string_view value);

// The province of the birth registration in Vietnamese ("Hà Nội"); nullopt for a country's code or
// a wrong number.
std::optional<absl::string_view> PersonalIdProvince(absl::string_view value);

// nullopt for a value that is not twelve digits.
std::optional<int> PersonalIdBirthYear(absl::string_view value);
std::optional<Sex> PersonalIdSex(absl::string_view value);

// Passport or travel document: six to nine of A–Z and 0–9, at least one a digit. REQUIRED,
// TOO_SHORT, TOO_LONG, MALFORMED.
std::optional<CodeError> CheckPassport(absl::string_view value);

// The identity card before 2021 (chứng minh nhân dân): nine digits. REQUIRED, MALFORMED.
std::optional<CodeError> CheckOldIdentityCard(absl::string_view value);

}  // namespace eid::codes
