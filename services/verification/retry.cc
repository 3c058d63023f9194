// SPDX-License-Identifier: Apache-2.0
#include "services/verification/retry.h"

#include <algorithm>
#include <cstdint>

namespace eid::verification {
namespace {

// FNV-1a: the same on every machine and in every build.
uint32_t HashOf(absl::string_view salt, int attempts) {
  uint32_t hash = 2166136261u ^ static_cast<uint32_t>(attempts);
  for (const char c : salt) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

absl::Duration Backoff(int attempts, absl::string_view salt, const RetryOptions& options) {
  absl::Duration wait = options.initial;
  for (int i = 1; i < attempts && wait < options.max; ++i) wait *= 2;
  wait = std::min(wait, options.max);
  return wait - wait * (HashOf(salt, attempts) % 1000) / 5000;
}

}  // namespace eid::verification
