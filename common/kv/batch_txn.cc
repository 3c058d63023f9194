// SPDX-License-Identifier: Apache-2.0
#include "common/kv/batch_txn.h"

#include <memory>

#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/kv/layered_iterator.h"
#include "common/kv/storage.pb.h"
#include "common/kv/view.h"

namespace eid::kv {

void BatchTxn::StartBatch(WriteLayer& layer, const WriteLayer* below, uint64_t last_revision) {
  layer_ = &layer;
  layers_ = {layer_};
  if (below != nullptr) layers_.push_back(below);
  revision_ = last_revision + 1;
}

void BatchTxn::Begin() {
  layer_->SetUndoPoint();
  writes_at_begin_ = layer_->writes();
  announced_ = 0;
  found_.clear();
}

void BatchTxn::End(bool keep) {
  if (!wrote()) return;
  if (keep) {
    ++revision_;
  } else {
    layer_->Undo();
  }
}

absl::StatusOr<std::optional<std::string>> BatchTxn::Get(Space space, absl::string_view key) const {
  for (const WriteLayer* layer : layers_) {
    const WriteLayer::Entry* const entry = layer->Find(space, key);
    if (entry == nullptr) continue;
    if (!entry->has_value()) return std::optional<std::string>();
    return std::optional<std::string>(**entry);
  }
  for (const Found& found : found_) {
    if (found.space == space && found.key == key) return found.value;
  }
  auto value = GetFrom(engine_, rocksdb::ReadOptions(), space, key);
  if (value.ok() && found_.size() < kMostFound) found_.push_back({space, std::string(key), *value});
  return value;
}

absl::Status BatchTxn::Scan(Space space, const KeyRange& range, Visit visit) const {
  rocksdb::ReadOptions read;
  const Bound bound(range, read);
  LayeredIterator it(
      std::unique_ptr<rocksdb::Iterator>(engine_.db()->NewIterator(read, engine_.family(space))),
      layers_, space, read.iterate_upper_bound);
  return Walk(it, range, visit);
}

void BatchTxn::Put(Space space, absl::string_view key, absl::string_view value) {
  if (space == Space::kIndexes) heads_.Note(key, revision_);
  layer_->Put(space, key, value);
}

void BatchTxn::Delete(Space space, absl::string_view key) {
  if (space == Space::kIndexes) heads_.Note(key, revision_);
  layer_->Delete(space, key);
}

void BatchTxn::Announce(uint32_t topic, absl::string_view subject_id) {
  FeedRow row;
  row.set_topic(topic);
  row.set_subject_id(std::string(subject_id));
  row.set_unix_nanos(absl::ToUnixNanos(now_));
  const std::string key = KeyOf(revision_, announced_++);
  if (fault::Mutant("feed_entry_outside_batch")) {
    (void)engine_.db()->Put({}, engine_.family(Space::kFeed), key, row.SerializeAsString());
    return;
  }
  Put(Space::kFeed, key, row.SerializeAsString());
}

}  // namespace eid::kv
