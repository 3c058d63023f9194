// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace eid::crypto {

// RFC 4648 section 5, without padding, as JOSE writes it.
std::string Base64UrlEncode(absl::string_view bytes);

// INVALID_ARGUMENT for anything that Base64UrlEncode would not have written: padding, white space,
// other alphabets, a length that cannot be, spare bits that are not zero. So no two texts decode to
// the same bytes.
absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text);

// Lowercase.
std::string HexEncode(absl::string_view bytes);

}  // namespace eid::crypto
