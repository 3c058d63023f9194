// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace eid::gateway {

// Waits for the one message of each unary call, for callers that open a call and then send nothing:
// they would hold it for as long as their own deadline allows, which may be for ever. All wait
// equally long, so one alarm serves them all. Thread-safe.
class MessageTimers {
 public:
  // A call that waits.
  struct Waiting {
    absl::Time until;
    std::function<void()> too_late;
    bool* over;
  };
  // The place of a call; belongs to the call, which does not look into it.
  struct Place {
    std::list<Waiting>::iterator at;
    bool over = false;
  };

  // `clock` outlives this.
  MessageTimers(const Clock& clock, absl::Duration wait);
  ~MessageTimers();
  MessageTimers(const MessageTimers&) = delete;
  MessageTimers& operator=(const MessageTimers&) = delete;

  // From now on exactly one of two things happens: the message comes (Arrived returns true), or
  // `too_late` is called, once, on a gRPC thread. The place stays until then.
  void Await(Place& place, std::function<void()> too_late);
  // False if it came too late: somebody else ends the call.
  bool Arrived(Place& place);

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace eid::gateway
