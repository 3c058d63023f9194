// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

namespace eid::rpc {

// gRPC waits for events with two threads at least, which take turns: whichever gets one wakes the other
// to wait for the next. On a machine of two processors, which a suite's programs share, that costs more
// than it brings: while this lives one of the threads sleeps in a callback of its own, and whatever
// happens is done by the others (ADR 17). Does nothing on larger machines, nor where gRPC has one
// thread alone.
//
// Callbacks must not block in any case; with this, one that waits for another waits for ever.
class OnePoller {
 public:
  // Returns when the thread sleeps. `processors`: the machine's.
  explicit OnePoller(unsigned processors = std::thread::hardware_concurrency());
  // The thread is gRPC's again.
  ~OnePoller();
  OnePoller(const OnePoller&) = delete;
  OnePoller& operator=(const OnePoller&) = delete;

  // Whether a thread sleeps.
  bool holds() const;

 private:
  class Sleeper;
  std::unique_ptr<Sleeper> sleeper_;
};

}  // namespace eid::rpc
