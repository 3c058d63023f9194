// SPDX-License-Identifier: Apache-2.0
#include "services/verification/circuit.h"

#include <algorithm>

#include "common/testing/catch.h"
#include "services/verification/retry.h"

namespace eid::verification {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);
constexpr Circuit::Options kOptions = {
    .failures_to_open = 3, .open = absl::Seconds(2), .max_open = absl::Seconds(5)};

// A circuit that has just opened.
Circuit Opened() {
  Circuit circuit(kOptions);
  for (int i = 0; i < 3; ++i) circuit.Failed(*circuit.TryStart(kStart), kStart);
  return circuit;
}

TEST_CASE("a circuit opens after failures in a row, not after failures") {
  Circuit circuit(kOptions);
  for (int i = 0; i < 10; ++i) {
    circuit.Failed(*circuit.TryStart(kStart), kStart);
    circuit.Failed(*circuit.TryStart(kStart), kStart);
    CHECK_FALSE(circuit.Succeeded(*circuit.TryStart(kStart)));
  }
  CHECK(circuit.state(kStart) == Circuit::State::kClosed);
  CHECK(circuit.retry_time() == absl::InfinitePast());
}

TEST_CASE("an open circuit lets nothing through until its time is over, then one call") {
  Circuit circuit = Opened();
  CHECK(circuit.state(kStart) == Circuit::State::kOpen);
  CHECK(circuit.retry_time() == kStart + absl::Seconds(2));
  CHECK_FALSE(circuit.TryStart(kStart + absl::Milliseconds(1999)).has_value());
  const absl::Time later = kStart + absl::Seconds(2);
  CHECK(circuit.state(later) == Circuit::State::kHalfOpen);
  const auto probe = circuit.TryStart(later);
  REQUIRE(probe.has_value());
  CHECK_FALSE(circuit.TryStart(later).has_value());
  CHECK(circuit.Succeeded(*probe));
  CHECK(circuit.state(later) == Circuit::State::kClosed);
}

TEST_CASE("each probe that fails opens it for twice as long, up to the limit") {
  Circuit circuit = Opened();
  absl::Time now = kStart + absl::Seconds(2);
  for (const int seconds : {4, 5, 5}) {
    circuit.Failed(*circuit.TryStart(now), now);
    CHECK(circuit.retry_time() == now + absl::Seconds(seconds));
    now = circuit.retry_time();
  }
  CHECK(circuit.Succeeded(*circuit.TryStart(now)));
  for (int i = 0; i < 3; ++i) circuit.Failed(*circuit.TryStart(now), now);
  CHECK(circuit.retry_time() == now + absl::Seconds(2));
}

TEST_CASE("a probe that was given up makes way for the next") {
  Circuit circuit = Opened();
  const absl::Time later = kStart + absl::Seconds(2);
  circuit.Abandoned(*circuit.TryStart(later));
  CHECK(circuit.state(later) == Circuit::State::kHalfOpen);
  CHECK(circuit.TryStart(later).has_value());
}

TEST_CASE("what was asked before the circuit changed says nothing about now") {
  Circuit circuit(kOptions);
  const Circuit::Ticket old = *circuit.TryStart(kStart);
  for (int i = 0; i < 3; ++i) circuit.Failed(*circuit.TryStart(kStart), kStart);
  CHECK_FALSE(circuit.Succeeded(old));
  CHECK(circuit.state(kStart) == Circuit::State::kOpen);
  const absl::Time later = kStart + absl::Seconds(2);
  const Circuit::Ticket probe = *circuit.TryStart(later);
  circuit.Failed(old, later);
  circuit.Abandoned(old);
  CHECK_FALSE(circuit.TryStart(later).has_value());
  CHECK(circuit.Succeeded(probe));
}

TEST_CASE("somebody who knows better can have it probed at once") {
  Circuit circuit = Opened();
  circuit.ProbeNow(kStart);
  CHECK(circuit.TryStart(kStart).has_value());
  CHECK_FALSE(circuit.TryStart(kStart).has_value());
}

TEST_CASE("backoff doubles, has a limit, and parts those that failed together") {
  const RetryOptions options = {.initial = absl::Seconds(1), .max = absl::Seconds(60)};
  absl::Duration full = absl::Seconds(1);
  for (int attempts = 1; attempts <= 100; ++attempts) {
    const absl::Duration wait = Backoff(attempts, "registration-1.1/0", options);
    CHECK(wait <= full);
    CHECK(wait >= 0.8 * full);
    CHECK(wait == Backoff(attempts, "registration-1.1/0", options));
    full = std::min(2 * full, options.max);
  }
  CHECK(Backoff(5, "registration-1.1/0", options) != Backoff(5, "registration-2.1/0", options));
}

}  // namespace
}  // namespace eid::verification
