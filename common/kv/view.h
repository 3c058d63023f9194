// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: a snapshot of a store, and what it shares with the other view, the batch that
// is being made (batch_txn.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "common/kv/storage.pb.h"
#include "rocksdb/iterator.h"
#include "rocksdb/options.h"

namespace eid::kv {

using Visit = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;

// Walks over the range until `visit` returns false.
absl::Status Walk(rocksdb::Iterator& it, const KeyRange& range, Visit visit);

// A bound keeps a walk from crossing the remains of deleted rows beyond its range. Set before an
// iterator is made from `read`; outlives it.
struct Bound {
  Bound(const KeyRange& range, rocksdb::ReadOptions& read);
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;

  std::string end;
  rocksdb::Slice slice;
};

// The value that the store has; nullopt: none.
absl::StatusOr<std::optional<std::string>> GetFrom(const Engine& engine,
                                                   const rocksdb::ReadOptions& read, Space space,
                                                   absl::string_view key);

class SnapshotReader : public Reader {
 public:
  explicit SnapshotReader(const Engine& engine);
  ~SnapshotReader() override;
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(Space space, absl::string_view key) const override;
  absl::Status Scan(
      Space space, const KeyRange& range,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const override;
  uint64_t revision() const override;

 private:
  const Engine& engine_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace eid::kv
