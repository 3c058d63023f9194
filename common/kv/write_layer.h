// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: what one batch writes, in the order of keys, so that later transactions can
// read it over the store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "rocksdb/write_batch.h"

namespace eid::kv {

// Changed by one thread; while nobody changes it, read by any.
class WriteLayer {
 public:
  // What becomes of a key; nullopt: it is deleted.
  using Entry = std::optional<absl::string_view>;
  // Bytes that keys and values point to live until Clear, even if they have been overwritten.
  using Entries = absl::btree_map<absl::string_view, Entry>;

  WriteLayer();

  void Clear();
  void Put(Space space, absl::string_view key, absl::string_view value) {
    Set(space, key, Copy(value));
  }
  void Delete(Space space, absl::string_view key) { Set(space, key, std::nullopt); }
  // From here on, Undo goes back to here.
  void SetUndoPoint() { undo_.clear(); }
  void Undo();

  // nullptr: this layer does not say.
  const Entry* Find(Space space, absl::string_view key) const;
  const Entries& entries(Space space) const { return entries_[static_cast<size_t>(space)]; }

  // Since it was made; a walk that finds another number than before looks up its place again.
  uint64_t writes() const { return writes_; }
  // Roughly what it holds.
  size_t bytes() const { return bytes_; }
  bool empty() const;

  // Adds all of it, each key once.
  rocksdb::Status AppendTo(const Engine& engine, rocksdb::WriteBatch& batch) const;

 private:
  struct Before {
    Space space;
    absl::string_view key;
    bool was_there;
    Entry entry;
  };

  void Set(Space space, absl::string_view key, Entry entry);
  absl::string_view Copy(absl::string_view bytes);

  // What most batches need; touched as far as it is used.
  std::unique_ptr<std::byte[]> first_chunk_;
  std::pmr::monotonic_buffer_resource arena_;
  std::array<Entries, Engine::kSpaces> entries_;
  std::vector<Before> undo_;
  size_t bytes_ = 0;
  uint64_t writes_ = 0;
};

}  // namespace eid::kv
