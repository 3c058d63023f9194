// SPDX-License-Identifier: Apache-2.0
// The living front of an index of due times, for whoever does what is due and sleeps until the next
// is (Table::ScanDue).
//
// Such an index is a queue: what is done leaves it. The engine keeps what was deleted until it is
// compacted, and a walk over the index passes all of it again at every look: tens of thousands of
// keys under load, before the first that lives and between what is due and what will be next. So a
// head remembers what lives up to where it has walked, hears of what is written there, and walks on
// only behind that: it passes what was deleted once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/sync/mutex.h"

namespace eid::kv {

class HeadSet;

// Looked at by one thread at a time, over snapshots of which none is older than the one before.
// Exact: what a look gives is what its snapshot has, whoever writes meanwhile.
class IndexHead {
 public:
  // Called with an entry of the index, less what IndexPlace says; false: enough.
  using Visit =
      absl::FunctionRef<absl::StatusOr<bool>(absl::string_view position, absl::string_view value)>;

  // What it remembers at most: entries, and as many that were written since the last look. More is
  // walked over again.
  static constexpr size_t kMostEntries = size_t{1} << 13;

  // Of the entries that begin with `prefix`, which the due time (an absl::Time of KeyOf) follows.
  // `database` outlives this.
  IndexHead(Database& database, uint32_t table, uint32_t index, absl::string_view prefix = "");
  ~IndexHead();
  IndexHead(const IndexHead&) = delete;
  IndexHead& operator=(const IndexHead&) = delete;

  uint32_t index() const { return index_; }

  // For Table. Visits what is due at `now`, in order. Gives the first due time after `now`;
  // InfiniteFuture if there is none, or if `visit` had enough.
  absl::StatusOr<absl::Time> Look(const Reader& snapshot, absl::Time now, Visit visit);

 private:
  friend class HeadSet;
  struct Entry {
    // As of `seen`.
    std::string value;
    // The last transaction that put or deleted it, as far as was heard.
    uint64_t written = 0;
    // The last snapshot in which it was seen to live.
    uint64_t seen = 0;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  // An entry is put or deleted by the transaction that will have this revision, if it succeeds.
  void Note(absl::string_view position, uint64_t revision);
  // Takes in what was noted; false: the snapshot is too old to learn from it.
  bool TakeNotes(uint64_t revision);
  // Behind `walked_to_` only what the snapshot may not have is kept.
  void Trim(uint64_t revision);
  absl::StatusOr<bool> Lives(const Reader& snapshot, uint64_t revision, Entries::value_type& entry);
  absl::StatusOr<absl::Time> WalkOn(const Reader& snapshot, uint64_t revision, absl::Time now,
                                    std::string after, bool learn, Visit visit);
  absl::Time DueTime(absl::string_view position) const;

  HeadSet& set_;
  const uint32_t index_;
  const std::string place_;
  const std::string prefix_;

  // All that lives up to `walked_to_`, and what was written since the last snapshot.
  Entries entries_;
  // Nullopt: to the end.
  std::optional<std::string> walked_to_ = "";

  Mutex mutex_;
  // What was written since the last look.
  std::vector<std::pair<std::string, uint64_t>> notes_ ABSL_GUARDED_BY(mutex_);
  // There were too many.
  bool forget_ ABSL_GUARDED_BY(mutex_) = false;
  // A snapshot of this revision has all that was written before and not noted.
  uint64_t noted_since_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The heads of one database. Thread-safe.
class HeadSet {
 public:
  // The writer puts or deletes an entry of an index.
  void Note(absl::string_view key, uint64_t revision);

 private:
  friend class IndexHead;
  void Add(IndexHead& head);
  void Remove(IndexHead& head);

  Mutex mutex_;
  std::vector<IndexHead*> heads_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_revision_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace eid::kv
