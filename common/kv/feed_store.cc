// SPDX-License-Identifier: Apache-2.0
#include "common/kv/feed_store.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/number.h"
#include "common/kv/store_head.h"
#include "common/kv/view.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::kv {
namespace {

absl::Status TooOld(absl::string_view why) {
  return Error(absl::StatusCode::kOutOfRange, policy::v1::COMMON_REASON_RESUME_TOKEN_TOO_OLD,
               absl::StrCat(why, " List anew, then go on from there."));
}

}  // namespace

absl::StatusOr<std::vector<FeedEntry>> ReadFeed(const Reader& reader, uint64_t after_revision,
                                                size_t limit) {
  ASSIGN_OR_RETURN(const StateRow state, ReadState(reader));
  if (after_revision < state.feed_trimmed_to()) return TooOld("These changes are no longer kept.");
  if (after_revision > state.revision()) return TooOld("The store has not come that far.");
  std::vector<FeedEntry> entries;
  if (after_revision == state.revision()) return entries;
  bool readable = true;
  const KeyRange range = {.after = KeyOf(after_revision, std::numeric_limits<uint64_t>::max())};
  RETURN_IF_ERROR(
      reader.Scan(Space::kFeed, range, [&](absl::string_view key, absl::string_view value) {
        FeedRow row;
        readable = key.size() == 2 * kNumberBytes &&
                   row.ParseFromArray(value.data(), static_cast<int>(value.size()));
        if (!readable) return false;
        const uint64_t revision = ReadNumber(key);
        if (entries.size() >= limit && (entries.empty() || entries.back().revision != revision)) {
          return false;
        }
        entries.push_back({.revision = revision,
                           .seq = static_cast<uint32_t>(ReadNumber(key.substr(kNumberBytes))),
                           .topic = row.topic(),
                           .subject_id = std::move(*row.mutable_subject_id()),
                           .time = absl::FromUnixNanos(row.unix_nanos())});
        return true;
      }));
  if (!readable) return absl::DataLossError("The store is damaged: a feed entry cannot be read.");
  return entries;
}

FeedStore::~FeedStore() {
  const MutexLock lock(mutex_);
  CHECK(subscribers_.empty()) << "a subscription to the feed outlives its store";
}

absl::StatusOr<std::vector<FeedEntry>> FeedStore::Read(uint64_t after_revision,
                                                       size_t limit) const {
  return ReadFeed(SnapshotReader(engine_), after_revision, limit);
}

Subscription FeedStore::Subscribe(std::function<void(uint64_t revision)> changed) {
  const MutexLock lock(mutex_);
  const uint64_t id = next_id_++;
  subscribers_.emplace(id, std::move(changed));
  return Subscription([this, id] {
    const MutexLock end_lock(mutex_);
    subscribers_.erase(id);
  });
}

void FeedStore::Notify(uint64_t revision) {
  const MutexLock lock(mutex_);
  for (const auto& [id, changed] : subscribers_) changed(revision);
}

}  // namespace eid::kv
