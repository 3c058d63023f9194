// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "common/codes/code_error.h"

namespace eid::codes {

// Electronic identification code of an agency or organization (mã định danh điện tử; Decision
// 20/2020/QĐ-TTg): a letter and two digits (G01, H26), then up to six groups of one to four of A–Z
// and 0–9, separated by dots; at most 35 characters. An enterprise's code is its enterprise code:
// check that with CheckTaxCode. REQUIRED, TOO_LONG, MALFORMED.
std::optional<CodeError> CheckAgencyCode(absl::string_view value);

}  // namespace eid::codes
