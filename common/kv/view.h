// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the two views of a store, a snapshot and the batch that is being made.
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
#include "common/kv/index_head.h"
#include "common/kv/storage.pb.h"
#include "rocksdb/utilities/write_batch_with_index.h"

namespace eid::kv {

// Keys of the rows of this library itself.
inline constexpr char kIdentityKey[] = "identity";
inline constexpr char kSchemaKey[] = "schema";
inline constexpr char kStateKey[] = "state";

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

  // What the store had in kMeta under kStateKey; a default one if it is new.
  absl::StatusOr<StateRow> State() const;

 private:
  const Engine& engine_;
  const rocksdb::Snapshot* const snapshot_;
};

// The batch that is being made, as its transactions see it, one after another. For the writer
// thread alone.
class BatchTxn : public Txn {
 public:
  // Tells `heads` of the entries of indexes that it puts. Both outlive it.
  BatchTxn(const Engine& engine, HeadSet& heads);

  // Empties the batch for a new one.
  void StartBatch(uint64_t committed_revision, absl::Time now);
  // Around each body. After End(false), what the body wrote is undone.
  void Begin();
  void End(bool keep);

  // Since Begin.
  bool wrote() const { return writes_ > writes_at_begin_; }
  uint32_t announced() const { return announced_; }
  // Since StartBatch.
  bool batch_is_empty() const { return kept_writes_ == 0; }
  rocksdb::WriteBatch* batch() { return overlay_.GetWriteBatch(); }

  absl::StatusOr<std::optional<std::string>> Get(Space space, absl::string_view key) const override;
  absl::Status Scan(
      Space space, const KeyRange& range,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const override;
  void Put(Space space, absl::string_view key, absl::string_view value) override;
  void Delete(Space space, absl::string_view key) override;
  void Announce(uint32_t topic, absl::string_view subject_id) override;
  uint64_t revision() const override { return revision_; }
  absl::Time time() const override { return now_; }

 private:
  const Engine& engine_;
  HeadSet& heads_;
  // Reading needs a non-const one; it does not change.
  mutable rocksdb::WriteBatchWithIndex overlay_;
  uint64_t revision_ = 0;
  absl::Time now_;
  uint64_t writes_ = 0;
  uint64_t writes_at_begin_ = 0;
  uint64_t kept_writes_ = 0;
  uint32_t announced_ = 0;
};

}  // namespace eid::kv
