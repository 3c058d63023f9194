// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/watches.h"

#include <utility>
#include <vector>

#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {

Watches::Watches(kv::Feed& feed, Options options) : feed_(feed), options_(options) {}

Watches::Watches(kv::Feed& feed, const RpcConfig& config)
    : Watches(feed, Options{.max_streams = config.max_watchers() > 0 ? config.max_watchers()
                                                                     : Options().max_streams}) {}

absl::StatusOr<uint64_t> Watches::Enter(std::function<void()> stop) {
  absl::MutexLock lock(&mu_);
  if (stopped_) return ShuttingDown();
  if (streams_.size() >= static_cast<size_t>(options_.max_streams)) {
    return WithRetry(Error(absl::StatusCode::kResourceExhausted,
                           policy::v1::COMMON_REASON_OVERLOADED, "too many streams are open"),
                     absl::Seconds(5));
  }
  const uint64_t place = next_++;
  streams_.emplace(place, std::move(stop));
  return place;
}

void Watches::Leave(uint64_t place) {
  absl::MutexLock lock(&mu_);
  streams_.erase(place);
}

void Watches::Shutdown() {
  std::vector<std::function<void()>> stops;
  {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    stopped_ = true;
    for (const auto& [place, stop] : streams_) stops.push_back(stop);
  }
  for (const auto& stop : stops) stop();
}

absl::Status Watches::ShuttingDown() {
  return WithRetry(Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_SHUTTING_DOWN,
                         "the service is stopping; watch again from the last resume token"),
                   absl::Seconds(1));
}

int Watches::open() const {
  absl::MutexLock lock(&mu_);
  return static_cast<int>(streams_.size());
}

}  // namespace eid::rpc
