// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: numbers and times read back out of keys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::kv {

// A number of KeyOf.
inline constexpr size_t kNumberBytes = sizeof(uint64_t);

// `bytes` has at least kNumberBytes.
inline uint64_t ReadNumber(absl::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < kNumberBytes; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

// The same for a time.
inline absl::Time ReadTime(absl::string_view bytes) {
  // Signed order was made unsigned order.
  return absl::FromUnixNanos(static_cast<int64_t>(ReadNumber(bytes) ^ (uint64_t{1} << 63)));
}

}  // namespace eid::kv
