// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "common/codes/code_error.h"

// Tax code, which is also the enterprise and co-operative code (Circular 105/2020/TT-BTC, Art. 5).
namespace eid::codes {

// Ten digits for an independent entity, `NNNNNNNNNN-NNN` for a dependent unit. The tenth digit is a
// check digit over the first nine; digits 3 to 9 are never 0000000 and the unit's suffix is never
// 000. REQUIRED, MALFORMED (length, other characters, missing dash, suffix 000, serial 0000000),
// CHECK_DIGIT.
std::optional<CodeError> CheckTaxCode(absl::string_view value);

// Whether a valid tax code names a dependent unit (branch, representative office).
bool IsDependentUnit(absl::string_view tax_code);

// The ten digits of the entity that the code belongs to. Precondition: CheckTaxCode passed.
absl::string_view ParentTaxCode(absl::string_view tax_code);

// The tenth digit for nine digits, or nullopt where the base is never issued (or is not nine
// digits).
std::optional<int> TaxCodeCheckDigit(absl::string_view nine_digits);

}  // namespace eid::codes
