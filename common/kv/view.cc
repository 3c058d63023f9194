// SPDX-License-Identifier: Apache-2.0
#include "common/kv/view.h"

#include <memory>

#include "absl/strings/match.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "rocksdb/comparator.h"
#include "rocksdb/iterator.h"

namespace eid::kv {
namespace {

using Visit = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;

absl::StatusOr<std::optional<std::string>> Found(const rocksdb::Status& status,
                                                 const rocksdb::PinnableSlice& value) {
  if (status.ok()) return std::optional<std::string>(value.ToString());
  if (status.IsNotFound()) return std::optional<std::string>();
  return FromRocks(status);
}

void SeekFirst(rocksdb::Iterator& it, const KeyRange& range) {
  if (range.after.empty() || range.after < range.prefix) {
    it.Seek(range.prefix);
    return;
  }
  it.Seek(range.after);
  if (it.Valid() && it.key() == range.after) it.Next();
}

void SeekLast(rocksdb::Iterator& it, const KeyRange& range) {
  std::string end = PrefixEnd(range.prefix);
  if (!range.after.empty() && (end.empty() || range.after < end)) end = range.after;
  if (end.empty()) {
    it.SeekToLast();
    return;
  }
  it.SeekForPrev(end);
  if (it.Valid() && it.key() == end) it.Prev();
}

absl::Status Walk(rocksdb::Iterator& it, const KeyRange& range, Visit visit) {
  range.descending ? SeekLast(it, range) : SeekFirst(it, range);
  while (it.Valid() && it.key().starts_with(range.prefix)) {
    if (!visit(ToView(it.key()), ToView(it.value()))) break;
    range.descending ? it.Prev() : it.Next();
  }
  return FromRocks(it.status());
}

// A bound keeps a walk from crossing the remains of deleted rows beyond its range. Only one way,
// since RocksDB's overlay iterator knows no lower one.
struct Bound {
  Bound(const KeyRange& range, rocksdb::ReadOptions& read)
      : end(PrefixEnd(range.prefix)), slice(end) {
    if (!range.descending && !end.empty()) read.iterate_upper_bound = &slice;
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;

  std::string end;
  rocksdb::Slice slice;
};

}  // namespace

SnapshotReader::SnapshotReader(const Engine& engine)
    : engine_(engine), snapshot_(engine.db()->GetSnapshot()) {}

SnapshotReader::~SnapshotReader() { engine_.db()->ReleaseSnapshot(snapshot_); }

absl::StatusOr<std::optional<std::string>> SnapshotReader::Get(Space space,
                                                               absl::string_view key) const {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  rocksdb::PinnableSlice value;
  return Found(engine_.db()->Get(read, engine_.family(space), ToSlice(key), &value), value);
}

absl::Status SnapshotReader::Scan(Space space, const KeyRange& range, Visit visit) const {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  const Bound bound(range, read);
  const std::unique_ptr<rocksdb::Iterator> it(
      engine_.db()->NewIterator(read, engine_.family(space)));
  return Walk(*it, range, visit);
}

absl::StatusOr<StateRow> SnapshotReader::State() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Get(Space::kMeta, kStateKey));
  StateRow state;
  if (bytes.has_value() && !state.ParseFromString(*bytes)) {
    return absl::DataLossError("The store is damaged: its state cannot be read.");
  }
  return state;
}

uint64_t SnapshotReader::revision() const {
  const absl::StatusOr<StateRow> state = State();
  CHECK_OK(state);
  return state->revision();
}

BatchTxn::BatchTxn(const Engine& engine, HeadSet& heads)
    : engine_(engine),
      heads_(heads),
      overlay_(rocksdb::BytewiseComparator(), 0, /*overwrite_key=*/true) {}

void BatchTxn::StartBatch(uint64_t committed_revision, absl::Time now) {
  overlay_.Clear();
  revision_ = committed_revision + 1;
  now_ = now;
  kept_writes_ = 0;
}

void BatchTxn::Begin() {
  overlay_.SetSavePoint();
  writes_at_begin_ = writes_;
  announced_ = 0;
}

void BatchTxn::End(bool keep) {
  if (keep || !wrote()) {
    // Undoing rebuilds the index of the whole batch: not for a body that wrote nothing.
    CHECK(overlay_.PopSavePoint().ok());
    kept_writes_ += writes_ - writes_at_begin_;
    if (wrote()) ++revision_;
    return;
  }
  CHECK(overlay_.RollbackToSavePoint().ok());
}

absl::StatusOr<std::optional<std::string>> BatchTxn::Get(Space space, absl::string_view key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = overlay_.GetFromBatchAndDB(
      engine_.db(), rocksdb::ReadOptions(), engine_.family(space), ToSlice(key), &value);
  return Found(status, value);
}

absl::Status BatchTxn::Scan(Space space, const KeyRange& range, Visit visit) const {
  KeyRange rest = range;
  bool again = true;
  while (again) {
    again = false;
    rocksdb::ReadOptions read;
    const Bound bound(rest, read);
    const std::unique_ptr<rocksdb::Iterator> it(overlay_.NewIteratorWithBase(
        engine_.family(space), engine_.db()->NewIterator(read, engine_.family(space)), &read));
    const absl::Status status =
        Walk(*it, rest, [&](absl::string_view key, absl::string_view value) {
          // RocksDB: a write may invalidate what the iterator shows. So copy, and after a write go
          // on afresh.
          const std::string current(key);
          const std::string copy(value);
          const uint64_t writes = writes_;
          if (!visit(current, copy)) return false;
          if (writes_ == writes) return true;
          rest.after = current;
          again = true;
          return false;
        });
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

void BatchTxn::Put(Space space, absl::string_view key, absl::string_view value) {
  ++writes_;
  if (space == Space::kIndexes) heads_.Note(key, revision_);
  const rocksdb::Status status = overlay_.Put(engine_.family(space), ToSlice(key), ToSlice(value));
  CHECK(status.ok()) << status.ToString();
}

void BatchTxn::Delete(Space space, absl::string_view key) {
  ++writes_;
  const rocksdb::Status status = overlay_.Delete(engine_.family(space), ToSlice(key));
  CHECK(status.ok()) << status.ToString();
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
