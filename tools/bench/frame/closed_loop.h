// SPDX-License-Identifier: Apache-2.0
// A closed loop: a fixed number of calls under way, each followed by the next when it ends.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/watched.h"

namespace eid::bench {

using Done = std::function<void(const absl::Status&)>;
// Starts one call. `done` is called once when it ends, from any thread, now and then before StartCall
// returns (not always: the calls would keep the thread that starts them); the next call is started
// on that thread.
using StartCall = std::function<void(Done done)>;

// How long to warm up before measuring for so long.
absl::Duration WarmUpOf(absl::Duration duration);

// Keeps `in_flight` calls under way; warms up, then measures for so long; waits until all have
// ended. A failed call is counted and followed by the next.
Sample RunClosedLoop(const Watched& watched, int in_flight, absl::Duration duration,
                     const StartCall& start);

}  // namespace eid::bench
