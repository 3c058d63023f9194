// SPDX-License-Identifier: Apache-2.0
#include "common/kv/index_head.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/number.h"
#include "common/kv/rows.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::kv {

IndexHead::IndexHead(Database& database, uint32_t table, uint32_t index, absl::string_view prefix)
    : set_(database.heads()),
      index_(index),
      place_(internal::IndexPlace(table, index)),
      prefix_(prefix) {
  set_.Add(*this);
}

IndexHead::~IndexHead() { set_.Remove(*this); }

absl::StatusOr<absl::Time> IndexHead::Look(const Reader& snapshot, absl::Time now, Visit visit) {
  const uint64_t revision = snapshot.revision();
  if (!TakeNotes(revision)) return WalkOn(snapshot, revision, now, "", /*learn=*/false, visit);
  Trim(revision);
  const auto end = walked_to_.has_value() ? entries_.upper_bound(*walked_to_) : entries_.end();
  for (auto it = entries_.begin(); it != end;) {
    ASSIGN_OR_RETURN(const bool lives, Lives(snapshot, revision, *it));
    if (!lives) {
      // Else it is yet to come.
      it = it->second.written <= revision ? entries_.erase(it) : std::next(it);
      continue;
    }
    if (const absl::Time due = DueTime(it->first); due > now) return due;
    ASSIGN_OR_RETURN(const bool go_on, visit(it->first, it->second.value));
    if (!go_on) return absl::InfiniteFuture();
    ++it;
  }
  if (!walked_to_.has_value()) return absl::InfiniteFuture();
  return WalkOn(snapshot, revision, now, *walked_to_, /*learn=*/true, visit);
}

absl::StatusOr<bool> IndexHead::Lives(const Reader& snapshot, uint64_t revision,
                                      Entries::value_type& entry) {
  auto& [position, known] = entry;
  if (known.seen != 0 && known.written <= known.seen) return true;
  ASSIGN_OR_RETURN(std::optional<std::string> value,
                   snapshot.Get(Space::kIndexes, absl::StrCat(place_, position)));
  if (!value.has_value()) return false;
  known.value = *std::move(value);
  known.seen = revision;
  return true;
}

absl::StatusOr<absl::Time> IndexHead::WalkOn(const Reader& snapshot, uint64_t revision,
                                             absl::Time now, std::string after, bool learn,
                                             Visit visit) {
  KeyRange range = {.prefix = absl::StrCat(place_, prefix_)};
  if (!after.empty()) range.after = absl::StrCat(place_, after);
  absl::StatusOr<absl::Time> next = absl::InfiniteFuture();
  bool to_the_end = true;
  RETURN_IF_ERROR(
      snapshot.Scan(Space::kIndexes, range, [&](absl::string_view key, absl::string_view value) {
        const absl::string_view position = key.substr(place_.size());
        learn = learn && entries_.size() < kMostEntries;
        if (learn) {
          // May be there, if it was written since the snapshot.
          Entry& entry = entries_[std::string(position)];
          entry.value = std::string(value);
          entry.seen = revision;
          walked_to_ = std::string(position);
        }
        if (const absl::Time due = DueTime(position); due > now) {
          next = due;
          to_the_end = false;
          return false;
        }
        const absl::StatusOr<bool> go_on = visit(position, value);
        to_the_end = go_on.ok() && *go_on;
        if (!go_on.ok()) next = go_on.status();
        return to_the_end;
      }));
  if (learn && to_the_end) walked_to_ = std::nullopt;
  return next;
}

absl::Time IndexHead::DueTime(absl::string_view position) const {
  CHECK(position.size() >= prefix_.size() + kNumberBytes) << "not an index of due times";
  return ReadTime(position.substr(prefix_.size()));
}

bool IndexHead::TakeNotes(uint64_t revision) {
  std::vector<std::pair<std::string, uint64_t>> notes;
  {
    const MutexLock lock(mutex_);
    if (revision < noted_since_) return false;
    notes.swap(notes_);
    if (forget_) {
      entries_.clear();
      walked_to_ = "";
    }
    forget_ = false;
  }
  for (auto& [position, written] : notes) {
    Entry& entry = entries_[std::move(position)];
    entry.written = std::max(entry.written, written);
  }
  return true;
}

void IndexHead::Trim(uint64_t revision) {
  if (entries_.size() > kMostEntries) {
    const std::string& middle = std::next(entries_.begin(), kMostEntries / 2)->first;
    if (!walked_to_.has_value() || middle < *walked_to_) walked_to_ = middle;
  }
  if (!walked_to_.has_value()) return;
  // The next walk meets what the snapshot has.
  for (auto it = entries_.upper_bound(*walked_to_); it != entries_.end();) {
    it = it->second.written <= revision ? entries_.erase(it) : std::next(it);
  }
}

void IndexHead::Note(absl::string_view position, uint64_t revision) {
  const MutexLock lock(mutex_);
  if (notes_.size() >= kMostEntries) {
    // Nobody has looked for long: the next look begins anew.
    notes_.clear();
    forget_ = true;
    noted_since_ = revision;
  }
  notes_.emplace_back(position, revision);
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
