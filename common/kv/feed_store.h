// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the change feed, kept in Space::kFeed under (revision, place).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "common/kv/feed.h"
#include "common/sync/mutex.h"

namespace eid::kv {

// What Feed::Read gives of a view. DATA_LOSS: a row cannot be read.
absl::StatusOr<std::vector<FeedEntry>> ReadFeed(const Reader& reader, uint64_t after_revision,
                                                size_t limit);

class FeedStore : public Feed {
 public:
  explicit FeedStore(const Engine& engine) : engine_(engine) {}
  ~FeedStore() override;

  absl::StatusOr<std::vector<FeedEntry>> Read(uint64_t after_revision, size_t limit) const override;
  Subscription Subscribe(std::function<void(uint64_t revision)> changed) override;

  // Calls all subscribers.
  void Notify(uint64_t revision);

 private:
  const Engine& engine_;
  Mutex mutex_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, std::function<void(uint64_t)>> subscribers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::kv
