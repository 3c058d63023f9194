// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/watches.h"

#include <utility>
#include <vector>

#include "common/rpc/settings.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {

Watches::Watches(kv::Feed& feed, Options options) : feed_(feed), options_(options) {}

Watches::Watches(kv::Feed& feed, const RpcConfig& config)
    : Watches(feed, Options{.max_streams = MaxWatchers(config)}) {}

absl::StatusOr<uint64_t> Watches::Enter(const Call& call, std::function<void()> stop) {
  const bool of_service = call.IsService();
  std::string caller = call.CallerId();
  MutexLock lock(mu_);
  if (stopped_) return ShuttingDown();
  const int of_persons = static_cast<int>(streams_.size()) - of_services_;
  const bool full = of_service ? of_services_ >= options_.max_service_streams
                               : of_persons >= options_.max_streams;
  int& of_caller = by_caller_[caller];
  if (full || (!of_service && of_caller >= options_.max_per_caller)) {
    if (of_caller == 0) by_caller_.erase(caller);
    return WithRetry(
        Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
              full ? "too many streams are open" : "you have too many streams open"),
        absl::Seconds(5));
  }
  ++of_caller;
  if (of_service) ++of_services_;
  const uint64_t place = next_++;
  streams_.emplace(place, Stream{std::move(caller), of_service, std::move(stop)});
  return place;
}

void Watches::Leave(uint64_t place) {
  MutexLock lock(mu_);
  const auto stream = streams_.find(place);
  if (stream == streams_.end()) return;
  if (stream->second.of_service) --of_services_;
  const auto of_caller = by_caller_.find(stream->second.caller);
  if (--of_caller->second == 0) by_caller_.erase(of_caller);
  streams_.erase(stream);
}

void Watches::Shutdown() {
  std::vector<std::function<void()>> stops;
  {
    MutexLock lock(mu_);
    if (stopped_) return;
    stopped_ = true;
    for (const auto& [place, stream] : streams_) stops.push_back(stream.stop);
  }
  for (const auto& stop : stops) stop();
}

absl::Status Watches::ShuttingDown() {
  return WithRetry(Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_SHUTTING_DOWN,
                         "the service is stopping; watch again from the last resume token"),
                   absl::Seconds(1));
}

int Watches::open() const {
  MutexLock lock(mu_);
  return static_cast<int>(streams_.size());
}

}  // namespace eid::rpc
