// SPDX-License-Identifier: Apache-2.0
#include "common/kv/write_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace eid::kv {
namespace {

constexpr size_t kFirstChunkBytes = size_t{512} << 10;
// What an entry costs beside its bytes.
constexpr size_t kEntryBytes = 64;

}  // namespace

WriteLayer::WriteLayer()
    : first_chunk_(new std::byte[kFirstChunkBytes]), arena_(first_chunk_.get(), kFirstChunkBytes) {}

void WriteLayer::Clear() {
  undo_.clear();
  for (Entries& entries : entries_) entries.clear();
  arena_.release();
  bytes_ = 0;
  ++writes_;
}

absl::string_view WriteLayer::Copy(absl::string_view bytes) {
  if (bytes.empty()) return "";
  auto* const copy = static_cast<char*>(arena_.allocate(bytes.size(), 1));
  std::memcpy(copy, bytes.data(), bytes.size());
  bytes_ += bytes.size();
  return {copy, bytes.size()};
}

void WriteLayer::Set(Space space, absl::string_view key, Entry entry) {
  ++writes_;
  Entries& entries = entries_[static_cast<size_t>(space)];
  const auto at = entries.lower_bound(key);
  if (at != entries.end() && at->first == key) {
    undo_.push_back({space, at->first, true, at->second});
    at->second = entry;
    return;
  }
  bytes_ += kEntryBytes;
  const absl::string_view kept = Copy(key);
  entries.emplace_hint(at, kept, entry);
  undo_.push_back({space, kept, false, std::nullopt});
}

void WriteLayer::Undo() {
  ++writes_;
  for (auto before = undo_.rbegin(); before != undo_.rend(); ++before) {
    Entries& entries = entries_[static_cast<size_t>(before->space)];
    if (before->was_there) {
      entries[before->key] = before->entry;
    } else {
      entries.erase(before->key);
    }
  }
  undo_.clear();
}

const WriteLayer::Entry* WriteLayer::Find(Space space, absl::string_view key) const {
  const Entries& here = entries(space);
  const auto at = here.find(key);
  return at == here.end() ? nullptr : &at->second;
}

bool WriteLayer::empty() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entries& entries) { return entries.empty(); });
}

rocksdb::Status WriteLayer::AppendTo(const Engine& engine, rocksdb::WriteBatch& batch) const {
  rocksdb::Status status;
  for (size_t i = 0; i < entries_.size() && status.ok(); ++i) {
    rocksdb::ColumnFamilyHandle* const family = engine.family(static_cast<Space>(i));
    for (const auto& [key, value] : entries_[i]) {
      status = value.has_value() ? batch.Put(family, ToSlice(key), ToSlice(*value))
                                 : batch.Delete(family, ToSlice(key));
      if (!status.ok()) break;
    }
  }
  return status;
}

}  // namespace eid::kv
