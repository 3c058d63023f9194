// SPDX-License-Identifier: Apache-2.0
// Where the living part of an index begins, for whoever takes work from its front.
//
// An index of due times is a queue: what is done leaves its front. The engine keeps what was deleted
// until it is compacted, and a walk from the start of the index passes all of it again, tens of
// thousands of keys under load, at every look. A head remembers where the last walk met the first
// living entry, and which entries came since; so a walk passes what was deleted once.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/rows.h"
#include "common/sync/mutex.h"

namespace eid::kv {

class HeadSet;

// One part of one index of a table, walked by one thread at a time through Table::Scan and
// Table::ScanKeys, over snapshots of which none is older than the one before. Exact: nothing is passed
// over, whoever writes meanwhile.
class IndexHead {
 public:
  // Of the keys that begin with `prefix` (RowRange). `database` outlives this.
  IndexHead(Database& database, uint32_t table, uint32_t index, absl::string_view prefix = "");
  ~IndexHead();
  IndexHead(const IndexHead&) = delete;
  IndexHead& operator=(const IndexHead&) = delete;

  uint32_t index() const { return index_; }
  const std::string& prefix() const { return prefix_; }

  // For Table. Where a walk over a snapshot, taken before, goes on (RowRange::after); nullopt: nothing
  // lives there.
  std::optional<std::string> After() const;
  // For Table. A walk from there over the snapshot of this revision met this position first; nullopt:
  // it met nothing.
  void Walked(uint64_t revision, std::optional<std::string> first);

 private:
  friend class HeadSet;
  // Entries that were put between two walks.
  struct Put {
    std::string least_key;
    uint64_t last_revision = 0;
  };

  // An entry is put by the transaction that will have this revision, if it succeeds.
  void Note(absl::string_view position, uint64_t revision);

  HeadSet& set_;
  const uint32_t index_;
  const std::string place_;
  const std::string prefix_;

  mutable Mutex mutex_;
  // Positions below it are gone, but for what is in `puts_`. Empty: nobody knows yet. Nullopt: all are.
  std::optional<std::string> from_ ABSL_GUARDED_BY(mutex_) = "";
  // What was put, but not in the snapshots walked so far; the youngest last.
  std::deque<Put> puts_ ABSL_GUARDED_BY(mutex_);
  // The last of them still takes what is put now.
  bool gathering_ ABSL_GUARDED_BY(mutex_) = false;
  // A snapshot of this revision has all that was put before this head was there to note it.
  uint64_t noted_since_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The heads of one database. Thread-safe.
class HeadSet {
 public:
  // The writer puts an entry of an index.
  void Note(absl::string_view key, uint64_t revision);

 private:
  friend class IndexHead;
  void Add(IndexHead& head);
  void Remove(IndexHead& head);

  Mutex mutex_;
  std::vector<IndexHead*> heads_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_revision_ ABSL_GUARDED_BY(mutex_) = 0;
};

namespace internal {

// `walk(range, met)` walks over the range and calls `met(position)` for each entry.
template <class Walk>
absl::Status WalkFrom(const Reader& reader, IndexHead& head, Walk&& walk) {
  std::optional<std::string> after = head.After();
  std::optional<std::string> first;
  absl::Status walked;
  if (after.has_value()) {
    walked =
        walk(RowRange{.index = head.index(), .prefix = head.prefix(), .after = *std::move(after)},
             [&](absl::string_view position) {
               if (!first.has_value()) first = std::string(position);
             });
  }
  if (walked.ok()) head.Walked(reader.revision(), std::move(first));
  return walked;
}

}  // namespace internal
}  // namespace eid::kv
