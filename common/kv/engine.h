// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: RocksDB, opened with the options of this project, and what its statuses
// mean to us.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/high_water.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "rocksdb/options.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace eid::kv {

inline rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline absl::string_view ToView(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

// DATA_LOSS for damage, RESOURCE_EXHAUSTED for a full volume, INTERNAL for the rest.
absl::Status FromRocks(const rocksdb::Status& status);

// True if it is the volume, or the limit set on it, that has no room.
bool IsOutOfSpace(const rocksdb::Status& status);

class LogContinuity;
class FileWatch;

// Thread-safe.
class Engine {
 public:
  static constexpr size_t kSpaces = 5;

  // Opens or makes the store. Errors as Database::Open.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(const DatabaseOptions& options);
  // To be called first: ends what is left of a failed sync of the store's folder (folder_syncs.h).
  static absl::Status RenewNames(const DatabaseOptions& options);
  // True if there is a store at the path of the options.
  static bool Exists(const DatabaseOptions& options);

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  rocksdb::DB* db() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families_[static_cast<size_t>(space)];
  }

  // False while the volume is (nearly) full, known without trying to write: the free bytes are
  // below the options' minimum, or RocksDB has stopped for lack of space and not recovered yet.
  bool HasSpace() const;

  // Where the manifest durably stands, if that may have changed since it was last asked for.
  std::optional<ManifestPlace> NewManifestPlace() const;

 private:
  Engine() = default;

  std::unique_ptr<rocksdb::Env> env_;              // before db_: outlives it
  std::unique_ptr<LogContinuity> log_continuity_;  // as env_
  std::shared_ptr<FileWatch> file_watch_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kSpaces> families_{};
  std::function<uint64_t()> free_bytes_;
  uint64_t min_free_bytes_ = 0;
};

}  // namespace eid::kv
