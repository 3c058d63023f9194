// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: numbers read back out of keys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

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

}  // namespace eid::kv
