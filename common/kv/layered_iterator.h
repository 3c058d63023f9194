// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: a walk over the store with what batches wrote over it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/kv/write_layer.h"
#include "rocksdb/iterator.h"

namespace eid::kv {

// What a layer says of a key holds over what the layers behind it say, and that over the store.
// Walks one way: Next after Seek and SeekToFirst, Prev after SeekForPrev and SeekToLast. The first
// layer may be written meanwhile; what is shown stays readable until the next step.
class LayeredIterator final : public rocksdb::Iterator {
 public:
  // `base` walks over the same part of the store, up to the same bound (nullptr: none), which like
  // the layers outlives this.
  LayeredIterator(std::unique_ptr<rocksdb::Iterator> base,
                  const std::vector<const WriteLayer*>& layers, Space space,
                  const rocksdb::Slice* upper_bound);

  bool Valid() const override { return valid_; }
  rocksdb::Slice key() const override { return ToSlice(key_); }
  rocksdb::Slice value() const override { return ToSlice(value_); }
  rocksdb::Status status() const override { return base_->status(); }

  void SeekToFirst() override { Seek(""); }
  void SeekToLast() override;
  void Seek(const rocksdb::Slice& target) override;
  void SeekForPrev(const rocksdb::Slice& target) override;
  void Next() override { Step(); }
  void Prev() override { Step(); }

 private:
  struct Place {
    absl::string_view key;
    WriteLayer::Entry entry;
  };
  // Where the walk is in a layer.
  struct Cursor {
    const WriteLayer* layer;
    uint64_t writes = 0;
    std::optional<Place> at = {};
  };

  // Moves to the nearest key from `target` in the direction of the walk.
  void Move(Cursor& cursor, absl::string_view target, bool inclusive) const;
  bool IsNearer(absl::string_view key, absl::string_view than) const {
    return descending_ ? key > than : key < than;
  }
  void Step();
  // Passes the current key in all that have it.
  void PassKey();
  // Shows the nearest key that is not deleted.
  void Settle();

  const std::unique_ptr<rocksdb::Iterator> base_;
  const Space space_;
  const rocksdb::Slice* const upper_bound_;
  std::vector<Cursor> cursors_;
  bool descending_ = false;
  bool valid_ = false;
  absl::string_view key_;
  absl::string_view value_;
};

}  // namespace eid::kv
