// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "services/verification/circuit.h"
#include "services/verification/lookups.h"
#include "services/verification/registry_peer.h"

namespace eid::verification {

// A registry behind its circuit breaker: the one way to ask it, for the worker and for CheckPerson alike. Thread-safe.
class Registry {
 public:
  struct Options {
    absl::Duration timeout = absl::Seconds(5);
    int max_in_flight = 64;
    Circuit::Options circuit;
    // Data that is older is noted in the log.
    absl::Duration stale_after = absl::Hours(168);
  };
  using Done = std::function<void(absl::StatusOr<Answer>)>;

  // `peer` and `clock` outlive this and the answers to all questions asked.
  Registry(std::string registry_id, RegistryPeer& peer, Options options, const Clock& clock);

  // Asks, if the circuit lets a question through: then `done` is called exactly once, however often the peer answers, with
  // an answer that makes sense or with why there is none. Else false, and `done` is not called. `timeout`: at most the
  // registry's own.
  bool Ask(const Question& question, absl::Duration timeout, Done done);
  bool Ask(const Question& question, Done done) {
    return Ask(question, options_.timeout, std::move(done));
  }

  // Whether it answers, as far as is known.
  bool is_closed() const;
  // When the circuit will let a question through again; past when it does.
  absl::Time retry_time() const;
  // When the circuit last closed again; in the infinite past when it never opened.
  absl::Time recovered_time() const;
  // Lets the next question through whatever the circuit.
  void ProbeNow();
  // `recovered` is called whenever the circuit closes again, on the thread that brought the answer: it must not block. To
  // be set before the first question; lives as long as answers may come.
  void OnRecovery(std::function<void()> recovered);

  const std::string& id() const { return id_; }
  const Options& options() const { return options_; }

 private:
  struct State;

  const std::string id_;
  RegistryPeer& peer_;
  const Options options_;
  const Clock& clock_;
  // Answers may come when this is gone.
  const std::shared_ptr<State> state_;
};

}  // namespace eid::verification
