// SPDX-License-Identifier: Apache-2.0
// What the transactions of a store wrote, read back out of its write-ahead log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"

namespace eid::bench {

struct Write {
  kv::Space space;
  std::string key;
  // nullopt: the key is deleted.
  std::optional<std::string> value;
};
// Of one transaction.
using Commit = std::vector<Write>;

// Deals out what a batch of transactions wrote to so many of them, in turn: the log does not say
// which wrote what, and a key that several wrote is in it once.
std::vector<Commit> Deal(std::vector<Write> batch, size_t commits);

// What was written after this revision, as far as the logs reach back, but for what the store says of
// itself (Space::kMeta), once for a batch. Of a store that nobody has open. INTERNAL, DATA_LOSS: as
// kv::FromRocks.
absl::StatusOr<std::vector<Commit>> ReadCommits(const std::string& folder, uint64_t after);

// The commits of several stores as if they were one store's: each store's spread evenly over the
// whole, keys told apart by the store's number in their first byte, where tables and revisions have
// nothing but zeros.
std::vector<Commit> Mix(std::vector<std::vector<Commit>> stores);

}  // namespace eid::bench
