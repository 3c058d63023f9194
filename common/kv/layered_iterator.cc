// SPDX-License-Identifier: Apache-2.0
#include "common/kv/layered_iterator.h"

#include <iterator>
#include <utility>

namespace eid::kv {

LayeredIterator::LayeredIterator(std::unique_ptr<rocksdb::Iterator> base,
                                 const std::vector<const WriteLayer*>& layers, Space space,
                                 const rocksdb::Slice* upper_bound)
    : base_(std::move(base)), space_(space), upper_bound_(upper_bound) {
  for (const WriteLayer* layer : layers) cursors_.push_back({layer});
}

void LayeredIterator::Seek(const rocksdb::Slice& target) {
  descending_ = false;
  base_->Seek(target);
  for (Cursor& cursor : cursors_) Move(cursor, ToView(target), true);
  Settle();
}

void LayeredIterator::SeekForPrev(const rocksdb::Slice& target) {
  descending_ = true;
  base_->SeekForPrev(target);
  for (Cursor& cursor : cursors_) Move(cursor, ToView(target), true);
  Settle();
}

void LayeredIterator::SeekToLast() {
  descending_ = true;
  base_->SeekToLast();
  for (Cursor& cursor : cursors_) {
    const WriteLayer::Entries& entries = cursor.layer->entries(space_);
    cursor.writes = cursor.layer->writes();
    cursor.at.reset();
    if (entries.empty()) continue;
    const auto last = std::prev(entries.end());
    cursor.at = {last->first, last->second};
  }
  Settle();
}

void LayeredIterator::Move(Cursor& cursor, absl::string_view target, bool inclusive) const {
  const WriteLayer::Entries& entries = cursor.layer->entries(space_);
  cursor.writes = cursor.layer->writes();
  cursor.at.reset();
  auto at = inclusive != descending_ ? entries.lower_bound(target) : entries.upper_bound(target);
  if (descending_) {
    if (at == entries.begin()) return;
    --at;
  } else if (at == entries.end() ||
             (upper_bound_ != nullptr && at->first >= ToView(*upper_bound_))) {
    return;
  }
  cursor.at = {at->first, at->second};
}

void LayeredIterator::Step() {
  PassKey();
  Settle();
}

void LayeredIterator::PassKey() {
  const absl::string_view passed = key_;
  for (Cursor& cursor : cursors_) {
    const bool is_here = cursor.at.has_value() && cursor.at->key == passed;
    if (is_here || cursor.writes != cursor.layer->writes()) Move(cursor, passed, false);
  }
  // Last: the key may be the base's own bytes.
  if (base_->Valid() && ToView(base_->key()) == passed) {
    descending_ ? base_->Prev() : base_->Next();
  }
}

void LayeredIterator::Settle() {
  while (true) {
    const Cursor* nearest = nullptr;
    for (const Cursor& cursor : cursors_) {
      if (!cursor.at.has_value()) continue;
      if (nearest == nullptr || IsNearer(cursor.at->key, nearest->at->key)) nearest = &cursor;
    }
    valid_ = true;
    if (base_->Valid() &&
        (nearest == nullptr || IsNearer(ToView(base_->key()), nearest->at->key))) {
      key_ = ToView(base_->key());
      value_ = ToView(base_->value());
      return;
    }
    valid_ = nearest != nullptr;
    if (!valid_) return;
    key_ = nearest->at->key;
    if (nearest->at->entry.has_value()) {
      value_ = *nearest->at->entry;
      return;
    }
    PassKey();
  }
}

}  // namespace eid::kv
