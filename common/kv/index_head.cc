// SPDX-License-Identifier: Apache-2.0
#include "common/kv/index_head.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace eid::kv {

IndexHead::IndexHead(Database& database, uint32_t table, uint32_t index, absl::string_view prefix)
    : set_(database.heads()),
      index_(index),
      place_(internal::IndexPlace(table, index)),
      prefix_(prefix) {
  set_.Add(*this);
}

IndexHead::~IndexHead() { set_.Remove(*this); }

std::optional<std::string> IndexHead::After() const {
  const MutexLock lock(mutex_);
  std::optional<std::string> from = from_;
  for (const Put& put : puts_) {
    if (!from.has_value() || put.least_key < *from) from = put.least_key;
  }
  // What stands before the position itself, since a walk goes on strictly behind what it is given.
  if (from.has_value() && !from->empty()) from->pop_back();
  return from;
}

void IndexHead::Walked(uint64_t revision, std::optional<std::string> first) {
  const MutexLock lock(mutex_);
  // The snapshot had those.
  while (!puts_.empty() && puts_.front().last_revision <= revision) puts_.pop_front();
  // What comes from now on is kept apart, so that it does not keep the rest here.
  gathering_ = false;
  if (revision < noted_since_) return;
  from_ = std::move(first);
}

void IndexHead::Note(absl::string_view position, uint64_t revision) {
  const MutexLock lock(mutex_);
  if (!gathering_ || puts_.empty()) puts_.push_back({std::string(position), revision});
  gathering_ = true;
  Put& last = puts_.back();
  if (position < last.least_key) last.least_key = std::string(position);
  last.last_revision = std::max(last.last_revision, revision);
}

void HeadSet::Note(absl::string_view key, uint64_t revision) {
  const MutexLock lock(mutex_);
  last_revision_ = revision;
  for (IndexHead* head : heads_) {
    const absl::string_view place = head->place_;
    if (!absl::StartsWith(key, place)) continue;
    const absl::string_view position = key.substr(place.size());
    if (absl::StartsWith(position, head->prefix_)) head->Note(position, revision);
  }
}

void HeadSet::Add(IndexHead& head) {
  const MutexLock lock(mutex_);
  heads_.push_back(&head);
  const MutexLock head_lock(head.mutex_);
  head.noted_since_ = last_revision_;
}

void HeadSet::Remove(IndexHead& head) {
  const MutexLock lock(mutex_);
  heads_.erase(std::find(heads_.begin(), heads_.end(), &head));
}

}  // namespace eid::kv
