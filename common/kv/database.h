// SPDX-License-Identifier: Apache-2.0
// A service's store: ordered keys, snapshot reads, and atomic durable transactions that run one
// after another, many to an fsync, the next while the last are being written.
//
// Fail points (common/fault): "mid_batch" between two bodies, "before_write" and "after_write" around
// the synced write, "before_reply" when a batch is marked and its callers are not yet answered.
//
// Services keep rows through Table<Row> (table.h), never through keys of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid {
class Clock;
}
namespace rocksdb {
class FileSystem;
}

namespace eid::kv {

class Feed;
class HeadSet;

// The parts of a store. kRows and kIndexes belong to Table<Row>, the others to this library.
enum class Space : uint8_t { kMeta, kRows, kIndexes, kRequests, kFeed };

// Keys to walk over.
struct KeyRange {
  // All keys that begin with it.
  std::string prefix;
  // Where to go on: only keys strictly beyond this one, in the direction of the walk. Empty: from
  // the start.
  std::string after;
  bool descending = false;
};

// A consistent view of the store. Never blocks who writes. Must not outlive its Database.
// Safe to use from any one thread at a time; const calls from several threads are safe too.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value, or nullopt. DATA_LOSS if the disk's bytes are damaged.
  virtual absl::StatusOr<std::optional<std::string>> Get(Space space,
                                                         absl::string_view key) const = 0;

  // Calls `visit` with each key of the range and its value, in order, until it returns false.
  // Inside a Txn, `visit` may write: whether keys written beyond the current one are met is
  // defined, they are.
  virtual absl::Status Scan(
      Space space, const KeyRange& range,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const = 0;

  // The revision of what this view shows: 0 for an empty store, one more for each transaction that
  // wrote.
  virtual uint64_t revision() const = 0;
};

// A transaction: sees what is committed, what earlier bodies of its batch wrote and what it wrote
// itself. Lives while its body runs, on a thread of the store.
class Txn : public Reader {
 public:
  virtual void Put(Space space, absl::string_view key, absl::string_view value) = 0;
  virtual void Delete(Space space, absl::string_view key) = 0;

  // Adds an entry to the change feed: `subject_id` of the kind `topic` (a number of the service's)
  // changed.
  virtual void Announce(uint32_t topic, absl::string_view subject_id) = 0;

  // The revision that this transaction will have if it writes and succeeds.
  uint64_t revision() const override = 0;

  // The clock's time when its turn came, which is not before it was submitted. Those that were taken
  // up together have the same.
  virtual absl::Time time() const = 0;
};

// A step from one schema version to the next. Changes some of what is there, from `position` on (""
// at first), and moves it; true: all is done. If the process ends between two steps, the next start
// begins anew: a step leaves alone what was changed before. ChangeSomeRows (migration.h) does a
// table's rows.
using Migration = std::function<absl::StatusOr<bool>(Txn& txn, std::string& position)>;

struct DatabaseOptions {
  // Directory of the store, made for its owner's eyes only if it is not there (its parent must be).
  // Ignored in memory.
  std::string path;
  // The same engine on a file system in memory: for unit tests.
  bool in_memory = false;
  // A small file, best on another volume than `path`, that remembers the last revision that was
  // answered. A store that has fallen behind it (restored from an older copy, lost a log file, is
  // missing) is refused. Exact however the process ends, kill -9 included. Empty: not kept.
  std::string high_water_path;
  // How far the mark may be behind if the machine itself fails (power, kernel): it is synced this
  // often while transactions come. Zero: exact then too, at the price of a second sync for each
  // batch.
  absl::Duration high_water_interval = absl::Seconds(1);
  // Version of the service's rows and indexes. A store with a newer one is refused.
  uint32_t schema_version = 1;
  // migrations[i] takes a store from version i + 1 to i + 2; each step is one transaction, the last with
  // the new version.
  std::vector<Migration> migrations;
  // Transactions that may wait for the writer.
  size_t max_queue = 4096;
  // How long the result of a request is kept for its repetition (mutation.h).
  absl::Duration request_id_ttl = absl::Hours(24 * 7);
  // Entries of the change feed that are kept, give or take a transaction's.
  uint64_t feed_keep_entries = 1'000'000;
  // Shared by all parts of the store.
  size_t block_cache_bytes = size_t{32} << 20;
  // Rows gathered in memory, for each space, before they become a file.
  size_t write_buffer_bytes = size_t{16} << 20;
  // Below this much free space on the volume, transactions are refused with RESOURCE_EXHAUSTED,
  // reads go on.
  uint64_t min_free_bytes = uint64_t{32} << 20;
  // Free bytes of the volume. Empty: asks the operating system. For tests.
  std::function<uint64_t()> free_bytes;
  // What the files of the store and the mark lie in. nullptr: the operating system's. For tests.
  std::shared_ptr<rocksdb::FileSystem> file_system;
  // nullptr: the real one. Must outlive the Database.
  const Clock* clock = nullptr;
};

// Counted since Open.
struct Statistics {
  uint64_t jobs = 0;     // transactions accepted
  uint64_t batches = 0;  // groups in which they ran
  uint64_t syncs = 0;    // groups that were written: one synced write each
  uint64_t expired = 0;  // dropped because their deadline had passed
  uint64_t refused = 0;  // not accepted: the queue was full, or the store was closing
  size_t queue_depth = 0;
  // The volume is full: transactions are refused until there is space again.
  bool out_of_space = false;
};

// Thread-safe.
class Database {
 public:
  // Changes the store through its Txn and has no other effect: no call, no hash, no signature, no
  // waiting. An error undoes what it wrote.
  using Body = absl::AnyInvocable<absl::Status(Txn&)>;
  // Given the revision of the transaction (the current one if it wrote nothing), or the body's
  // error.
  using Done = absl::AnyInvocable<void(absl::StatusOr<uint64_t>)>;

  // DATA_LOSS: damaged, or behind its high-water mark. FAILED_PRECONDITION: written by a newer
  // version. UNAVAILABLE: open in another process. The message says what to do.
  static absl::StatusOr<std::unique_ptr<Database>> Open(DatabaseOptions options);

  // Refuses new transactions, finishes those that wait, closes. Readers must be gone.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A snapshot of what is durable now. Cheap; keep it no longer than a request.
  std::unique_ptr<Reader> Read() const;

  // Runs `body` on a thread of the store, after all that came before, then `done` on the completion thread once the write is
  // durable. Never waits. On the caller's own thread, at once: done(RESOURCE_EXHAUSTED, OVERLOADED)
  // if the queue is full, done(UNAVAILABLE, SHUTTING_DOWN) while closing. DEADLINE_EXCEEDED if
  // `deadline` passed before the body began. RESOURCE_EXHAUSTED, nothing written, if the volume is
  // full. Any other failed write stops the process, since after it nothing is known. `done` may
  // call Transact.
  void Transact(Body body, Done done, absl::Time deadline = absl::InfiniteFuture());

  // The same, waiting. For start-up, threads of our own and tests; never on a gRPC thread, in a
  // body or in a `done`.
  absl::StatusOr<uint64_t> TransactAndWait(Body body);

  // What changed, in the order of commits.
  Feed& feed();

  // For IndexHead (index_head.h).
  HeadSet& heads();

  // The last durable revision.
  uint64_t revision() const;

  // Random bytes that belong to this store, for the tokens of page.h.
  const std::string& page_key() const;

  Statistics statistics() const;

  // The clock that it was opened with.
  const Clock& clock() const;

  // DatabaseOptions::request_id_ttl.
  absl::Duration request_id_ttl() const;

 private:
  class Core;
  explicit Database(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace eid::kv
