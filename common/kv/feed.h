// SPDX-License-Identifier: Apache-2.0
// The change feed of a store: what was announced (Txn::Announce), in the order of commits. Watch
// streams and workers live on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eid::kv {

struct FeedEntry {
  // The transaction that announced it, and the place among its announcements.
  uint64_t revision = 0;
  uint32_t seq = 0;
  uint32_t topic = 0;
  std::string subject_id;
  absl::Time time;
};

// Ends the subscription when destroyed; waits for a call under way. Never destroy one inside its
// own callback, nor while holding a lock that the callback takes.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> end) : end_(std::move(end)) {}
  Subscription(Subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    std::swap(end_, other.end_);
    return *this;
  }
  ~Subscription() {
    if (end_) end_();
  }

 private:
  std::function<void()> end_;
};

// Thread-safe. Belongs to its Database; subscriptions must end before it closes.
class Feed {
 public:
  virtual ~Feed() = default;

  // The entries of the transactions after `after_revision`, oldest first. A transaction is never
  // cut in two: the last one is whole, so there may be more than `limit`; go on from the revision
  // of the last entry. Empty: nothing has been announced since. OUT_OF_RANGE with
  // RESUME_TOKEN_TOO_OLD if entries after `after_revision` are no longer kept, or if the store has
  // never reached it (it was restored from a copy): list anew, then go on from there.
  virtual absl::StatusOr<std::vector<FeedEntry>> Read(uint64_t after_revision,
                                                      size_t limit) const = 0;

  // Calls `changed` with the last durable revision after every batch that announced something, on
  // the completion thread: it must be quick, must not wait, and must not subscribe.
  [[nodiscard]] virtual Subscription Subscribe(std::function<void(uint64_t revision)> changed) = 0;
};

}  // namespace eid::kv
