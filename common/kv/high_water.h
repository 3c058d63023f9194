// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the file outside of the store that remembers how far the store had come.
// Nothing inside a store can tell that the whole of it is an older copy, nor RocksDB that its last
// log file is gone.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eid::kv {

// For one thread at a time.
class HighWaterMark {
 public:
  // `path` empty: nothing is checked, nothing is kept.
  HighWaterMark(std::string path, std::string store_path)
      : path_(std::move(path)), store_path_(std::move(store_path)) {}

  bool enabled() const { return !path_.empty(); }

  // Reads the mark. DATA_LOSS: the mark's file is damaged, or there is a mark but no store
  // (`store_exists`).
  absl::Status Load(bool store_exists);

  // DATA_LOSS: the store is another one than the mark's, or has fallen behind it.
  absl::Status Check(const std::string& store_id, uint64_t revision);

  // Remembers `revision` durably, unless that is what the file says. After Check.
  absl::Status Write(uint64_t revision);

 private:
  const std::string path_;
  const std::string store_path_;
  bool found_ = false;
  std::string store_id_;
  uint64_t revision_ = 0;
};

}  // namespace eid::kv
