// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

// Character classes of codes, for this library's own use. ASCII only.
namespace eid::codes {

inline bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

inline bool IsUpperOrDigit(char c) { return absl::ascii_isdigit(c) || absl::ascii_isupper(c); }

inline bool AllUpperOrDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), IsUpperOrDigit);
}

// The number of a short run of digits.
inline int DigitsToInt(absl::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace eid::codes
