// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "eid/simulator/v1/simulator_control_service.pb.h"

namespace eid::simulator {

// How one call is to be answered.
struct Plan {
  // Not OK: refuse with it.
  absl::Status refusal;
  // Answer no sooner than this.
  absl::Duration latency;
  // The data is older than now by this much.
  absl::Duration as_of_lag;
  // Say that there is no such record.
  bool deny = false;
};

// The switch of a simulator. Thread-safe.
class BehaviorSwitch {
 public:
  // The modes that this simulator has.
  explicit BehaviorSwitch(std::set<v1::Behavior::Mode> modes);

  // INVALID_ARGUMENT INVALID_REQUEST with every violation. Gives what holds now.
  absl::StatusOr<v1::Behavior> Set(const v1::SetBehaviorRequest& request);
  v1::Behavior Get() const;
  // For each call once. `subject`: the record that it is about.
  Plan Next(absl::string_view subject);

 private:
  const std::set<v1::Behavior::Mode> modes_;
  mutable absl::Mutex mu_;
  v1::Behavior behavior_ ABSL_GUARDED_BY(mu_);
  // How often each record was asked for since the mode was set, where that matters.
  absl::flat_hash_map<std::string, uint64_t> asked_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::simulator
