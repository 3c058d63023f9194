// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the file outside of the store that remembers how far the store had come.
// Nothing inside a store can tell that the whole of it is an older copy, nor RocksDB that its last
// log file is gone.
//
// Two slots, of which one is always durable: a note goes, without a sync, into the other, so that a
// power failure may tear it. What was noted outlives the process in any case, since then the kernel
// has it; it outlives the machine once it is synced.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/file_system.h"

namespace eid::kv {

// How far the list of a store's files (RocksDB's manifest) had come. It only grows, but a cut one
// looks whole, and what its last records said of tables is then forgotten.
struct ManifestPlace {
  std::string name;  // empty: not known
  uint64_t bytes = 0;
};

// For one thread at a time.
class HighWaterMark {
 public:
  // `path` empty: nothing is checked, nothing is kept.
  HighWaterMark(std::string path, std::string store_path,
                std::shared_ptr<rocksdb::FileSystem> files);

  bool enabled() const;

  // Reads the mark. DATA_LOSS: the mark's file is damaged, or there is a mark but no store
  // (`store_exists`).
  absl::Status Load(bool store_exists);

  // DATA_LOSS: the store's manifest is an earlier one than the mark's, or ends before. Before the
  // store is opened, which would throw away what that manifest does not know.
  absl::Status CheckManifest() const;

  // DATA_LOSS: the store is another one than the mark's, or has fallen behind it.
  absl::Status Check(const std::string& store_id, uint64_t revision);

  // Makes the file if need be; it then says `revision`, durably. After Check, before Note.
  absl::Status Start(uint64_t revision);

  // For the next Note; durable in the store.
  void SetManifest(ManifestPlace place) { manifest_ = std::move(place); }

  // Remembers `revision`, which must be durable in the store, beyond the end of this process.
  absl::Status Note(uint64_t revision);

  // Makes what was noted durable.
  absl::Status Sync();

 private:
  static constexpr size_t kSlots = 2;

  std::string NewFile(uint64_t revision) const;
  absl::Status Make(uint64_t revision);
  absl::Status WriteSlot();
  absl::Status Failed(absl::string_view what, const rocksdb::IOStatus& status) const;

  std::string path_;
  std::string store_path_;
  std::shared_ptr<rocksdb::FileSystem> files_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  // What Load found: which slots can be read, what the later one says.
  std::array<bool, kSlots> good_{};
  std::string store_id_;
  uint64_t revision_ = 0;
  ManifestPlace manifest_;
  // Where notes go until the next Sync.
  size_t slot_ = 0;
  bool unsynced_ = false;
  // A sync failed: the kernel may have forgotten what it had.
  bool rewrite_ = false;
};

}  // namespace eid::kv
