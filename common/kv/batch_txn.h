// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the batch that is being made, as its transactions see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "common/kv/index_head.h"
#include "common/kv/write_layer.h"

namespace eid::kv {

// The transactions of one batch after another. What they write goes into a layer; they read it over
// what the batch before writes, which may be on its way to the disk, over the store. For one thread
// at a time.
class BatchTxn : public Txn {
 public:
  // Tells `heads` of the entries of indexes that it puts. Both outlive it.
  BatchTxn(const Engine& engine, HeadSet& heads) : engine_(engine), heads_(heads) {}

  // Begins a batch that is written to `layer`, which is empty. `below`: what the batch before wrote
  // and the store may not have yet; nullptr: the store has all.
  void StartBatch(WriteLayer& layer, const WriteLayer* below, uint64_t last_revision);
  // For the transactions from here on.
  void set_time(absl::Time now) { now_ = now; }
  // Around each body. After End(false), what the body wrote is undone.
  void Begin();
  void End(bool keep);

  // Since Begin.
  bool wrote() const { return layer_->writes() > writes_at_begin_; }
  uint32_t announced() const { return announced_; }

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
  WriteLayer* layer_ = nullptr;
  // The layers that it reads, the youngest first.
  std::vector<const WriteLayer*> layers_;
  // What the transaction has found in the store, or missed there: a row that is changed is looked for
  // when it is read and again when it is written. Nothing but this thread's batches, which are in the
  // layers, changes it meanwhile.
  struct Found {
    Space space;
    std::string key;
    std::optional<std::string> value;
  };
  static constexpr size_t kMostFound = 8;
  mutable std::vector<Found> found_;
  uint64_t revision_ = 0;
  absl::Time now_;
  uint64_t writes_at_begin_ = 0;
  uint32_t announced_ = 0;
};

}  // namespace eid::kv
