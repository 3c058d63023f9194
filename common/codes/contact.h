// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/codes/code_error.h"

namespace eid::codes {

// A Vietnamese number: mobile `0[35789]` and eight digits, landline `02` and nine digits, or either
// as E.164 (+84 in the place of the 0). No separators. REQUIRED, MALFORMED.
std::optional<CodeError> CheckPhone(absl::string_view value);

// A Vietnamese mobile number, where a message must arrive. REQUIRED, MALFORMED.
std::optional<CodeError> CheckMobilePhone(absl::string_view value);

// E.164, the form that is stored and compared: "0912345678" and "+84912345678" both give
// "+84912345678". nullopt exactly when CheckPhone gives an error.
std::optional<std::string> NormalisePhone(absl::string_view value);

// One address `local@domain`, ASCII: local part of 1 to 64 characters without quoting, a domain
// name of at least two labels whose last one is not a number, at most 254 characters in all.
// Whether mail arrives is not known. REQUIRED, TOO_LONG, MALFORMED.
std::optional<CodeError> CheckEmail(absl::string_view value);

// The form that is stored and compared: the domain in lower case, the local part as given.
// nullopt exactly when CheckEmail gives an error.
std::optional<std::string> NormaliseEmail(absl::string_view value);

}  // namespace eid::codes
