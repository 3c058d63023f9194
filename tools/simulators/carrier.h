// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "eid/delivery/v1/delivery_service.pb.h"
#include "eid/simulator/v1/simulator_control_service.pb.h"
#include "tools/simulators/behavior.h"
#include "tools/simulators/kept_lines.h"
#include "tools/simulators/registry.h"

namespace eid::simulator {

// A carrier that delivers nothing and remembers everything that it was given: the last kMaxMessages; also by an earlier
// process, if that wrote it to the same file. Thread-safe.
class Carrier {
 public:
  static constexpr size_t kMaxMessages = 100'000;

  // NOT_FOUND: `outbox_path` is not empty and cannot be written. `clock` outlives this.
  static absl::StatusOr<std::unique_ptr<Carrier>> Open(const std::string& outbox_path,
                                                       BehaviorSwitch& behavior,
                                                       const Clock& clock);

  // INVALID_ARGUMENT INVALID_REQUEST; UNAVAILABLE PEER_UNAVAILABLE when told to be down, and when the
  // message could not be written down: then it was not taken.
  Answer<delivery::v1::DeliverResponse> Deliver(const delivery::v1::DeliverRequest& request);

  // Newest first. INVALID_ARGUMENT INVALID_REQUEST, PAGE_TOKEN_INVALID.
  absl::StatusOr<v1::ListMessagesResponse> List(const v1::ListMessagesRequest& request) const;

 private:
  Carrier(BehaviorSwitch& behavior, const Clock& clock);
  // Takes what an earlier process wrote down as given to this one. False: it is no message.
  bool Recall(const std::string& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  BehaviorSwitch& behavior_;
  const Clock& clock_;
  // Authenticates page tokens of this process.
  const std::string page_key_;

  mutable absl::Mutex mu_;
  KeptLines outbox_ ABSL_GUARDED_BY(mu_);
  std::deque<v1::CarriedMessage> messages_ ABSL_GUARDED_BY(mu_);
  // Number of the oldest message that is kept; numbers only grow.
  uint64_t first_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, uint64_t> by_id_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::simulator
