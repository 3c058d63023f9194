// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/functional/any_invocable.h"

namespace eid {

// A thread's turn: many things that it does one after the other, such as giving the answers of a batch.
// What each of them leads to can be put off to the end of the turn and is then done once for all: one
// message with all the answers, not one for each. Within a turn nobody may wait for what was put off.
//
//   void Stream::Answer(…) {
//     …                                                            // to what waits
//     Turn::AtEnd([self = shared_from_this()] { self->Write(); }); // all that waits by then
//   }
//   …
//   const Turn turn;
//   for (Job& job : jobs) job.done();                              // some of them call Answer
class Turn {
 public:
  // Begins a turn; within another it belongs to that.
  Turn();
  // Does what was put off, in order, unless the turn belongs to another.
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Puts the work off to the end of this thread's turn; without one, does it now. It owns what it
  // needs, and throws nothing: it may run in a destructor.
  static void AtEnd(absl::AnyInvocable<void()> work);

 private:
  std::vector<absl::AnyInvocable<void()>> put_off_;
};

}  // namespace eid
