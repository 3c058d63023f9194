// SPDX-License-Identifier: Apache-2.0
#include "common/codes/tax_code.h"

#include "common/codes/characters.h"

namespace eid::codes {
namespace {

constexpr int kWeights[] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
constexpr size_t kBaseDigits = 9;
constexpr size_t kEntityDigits = 10;
constexpr size_t kUnitLength = 14;

CodeError Malformed(absl::string_view description) {
  return {policy::v1::FIELD_REASON_MALFORMED, std::string(description)};
}

}  // namespace

std::optional<int> TaxCodeCheckDigit(absl::string_view nine_digits) {
  if (nine_digits.size() != kBaseDigits || !AllDigits(nine_digits)) return std::nullopt;
  int sum = 0;
  for (size_t i = 0; i < kBaseDigits; ++i) sum += kWeights[i] * (nine_digits[i] - '0');
  const int check = 10 - sum % 11;
  if (check == 10) return std::nullopt;
  return check;
}

std::optional<CodeError> CheckTaxCode(absl::string_view value) {
  if (value.empty()) return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A tax code is required."};
  if (value.size() != kEntityDigits && value.size() != kUnitLength) {
    return Malformed("A tax code has 10 digits, or 10 digits, a dash and 3 digits.");
  }
  if (!AllDigits(value.substr(0, kEntityDigits)))
    return Malformed("The first 10 characters must be digits.");
  if (value.size() == kUnitLength) {
    const absl::string_view suffix = value.substr(kEntityDigits + 1);
    if (value[kEntityDigits] != '-' || !AllDigits(suffix)) {
      return Malformed("A dependent unit's tax code is 10 digits, a dash and 3 digits.");
    }
    if (suffix == "000") return Malformed("A dependent unit is numbered from 001.");
  }
  if (value.substr(2, 7) == "0000000")
    return Malformed("The digits from the third to the ninth are numbered from 1.");
  const std::optional<int> check = TaxCodeCheckDigit(value.substr(0, kBaseDigits));
  // A base with a remainder of 0 is never issued: it is as wrong as another check digit.
  if (!check.has_value() || *check != value[kBaseDigits] - '0') {
    return CodeError{policy::v1::FIELD_REASON_CHECK_DIGIT,
                     "The check digit of the tax code is wrong."};
  }
  return std::nullopt;
}

bool IsDependentUnit(absl::string_view tax_code) { return tax_code.size() == kUnitLength; }

absl::string_view ParentTaxCode(absl::string_view tax_code) {
  return tax_code.substr(0, kEntityDigits);
}

}  // namespace eid::codes
