// SPDX-License-Identifier: Apache-2.0
#include "common/kv/view.h"

#include <memory>

#include "common/kv/key.h"
#include "common/kv/store_head.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

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

}  // namespace

absl::Status Walk(rocksdb::Iterator& it, const KeyRange& range, Visit visit) {
  range.descending ? SeekLast(it, range) : SeekFirst(it, range);
  while (it.Valid() && it.key().starts_with(range.prefix)) {
    if (!visit(ToView(it.key()), ToView(it.value()))) break;
    range.descending ? it.Prev() : it.Next();
  }
  return FromRocks(it.status());
}

Bound::Bound(const KeyRange& range, rocksdb::ReadOptions& read)
    : end(PrefixEnd(range.prefix)), slice(end) {
  if (!range.descending && !end.empty()) read.iterate_upper_bound = &slice;
}

absl::StatusOr<std::optional<std::string>> GetFrom(const Engine& engine,
                                                   const rocksdb::ReadOptions& read, Space space,
                                                   absl::string_view key) {
  rocksdb::PinnableSlice value;
  return Found(engine.db()->Get(read, engine.family(space), ToSlice(key), &value), value);
}

SnapshotReader::SnapshotReader(const Engine& engine)
    : engine_(engine), snapshot_(engine.db()->GetSnapshot()) {}

SnapshotReader::~SnapshotReader() { engine_.db()->ReleaseSnapshot(snapshot_); }

absl::StatusOr<std::optional<std::string>> SnapshotReader::Get(Space space,
                                                               absl::string_view key) const {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  return GetFrom(engine_, read, space, key);
}

absl::Status SnapshotReader::Scan(Space space, const KeyRange& range, Visit visit) const {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  const Bound bound(range, read);
  const std::unique_ptr<rocksdb::Iterator> it(
      engine_.db()->NewIterator(read, engine_.family(space)));
  return Walk(*it, range, visit);
}

uint64_t SnapshotReader::revision() const {
  const absl::StatusOr<StateRow> state = ReadState(*this);
  CHECK_OK(state);
  return state->revision();
}

}  // namespace eid::kv
