// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace eid::simulator {

// Runs things later, on gRPC's threads. Thread-safe.
class Delays {
 public:
  Delays();
  // Stop().
  ~Delays();
  Delays(const Delays&) = delete;
  Delays& operator=(const Delays&) = delete;

  // Calls `then(true)` after `pause`, or `then(false)` as soon as Stop is called. Without a pause, `then(true)` at once
  // on this thread.
  void After(absl::Duration pause, std::function<void(bool in_time)> then);
  // Nothing waits any more: a simulator that was told to be slow must still end quickly.
  void Stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace eid::simulator
