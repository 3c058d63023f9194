// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace eid::verification {

// The circuit breaker of one registry: after several failures in a row it is left alone for a while, then asked once; one
// answer closes the circuit, one more failure leaves the registry alone for twice as long. Time is an argument. Not
// thread-safe.
//
//   CLOSED --failures_to_open failures in a row--> OPEN --open time is over--> HALF_OPEN (one call at a time)
//   HALF_OPEN --answer--> CLOSED        HALF_OPEN --failure--> OPEN
class Circuit {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  struct Options {
    int failures_to_open = 5;
    absl::Duration open = absl::Seconds(2);
    absl::Duration max_open = absl::Seconds(30);
  };
  // A call that was let through. Its outcome counts only as long as the circuit has not changed since: an answer to an
  // old question says nothing about now.
  using Ticket = uint64_t;

  explicit Circuit(Options options) : options_(options), open_for_(options.open) {}

  // Lets a call through, or not. Each ticket goes to exactly one of the three below.
  std::optional<Ticket> TryStart(absl::Time now);
  // The registry answered, be it "not found". True: this closed the circuit.
  bool Succeeded(Ticket ticket);
  // It did not.
  void Failed(Ticket ticket, absl::Time now);
  // Nothing was learned: the call had too little time, or was given up.
  void Abandoned(Ticket ticket);

  // The next call is let through, even if the open time is not over: somebody knows better.
  void ProbeNow(absl::Time now);

  State state(absl::Time now) const;
  // When it will let a call through again; a past time when it does now.
  absl::Time retry_time() const { return closed_ ? absl::InfinitePast() : open_until_; }

 private:
  void Open(absl::Time now, absl::Duration how_long);

  const Options options_;
  bool closed_ = true;
  int failures_ = 0;
  absl::Time open_until_ = absl::InfinitePast();
  absl::Duration open_for_;
  bool probing_ = false;
  // Changes with the state.
  Ticket generation_ = 1;
};

}  // namespace eid::verification
