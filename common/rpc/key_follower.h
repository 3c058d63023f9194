// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace grpc {
class Channel;
}
namespace eid::auth {
class TokenVerifier;
}

namespace eid::rpc {

// A thread that keeps a verifier's keys (and the ended sessions) up to date from the identity service
// (eid.identity.v1.AuthenticationService/GetSigningKeys). Starting does not wait for the first answer: services start in
// any order.
class KeyFollower {
 public:
  struct Options {
    absl::Duration refresh = absl::Seconds(2);
    // Between two looks asked for by unknown key ids, or after a failure.
    absl::Duration least_pause = absl::Milliseconds(200);
    absl::Duration timeout = absl::Seconds(2);
  };
  // `verifier` outlives this.
  KeyFollower(std::shared_ptr<grpc::Channel> identity, auth::TokenVerifier& verifier, Options options);
  // Stops the thread.
  ~KeyFollower();

  // Asks for a look soon: a token came with a key id that is not known. Any thread; never blocks.
  void LookSoon();
  // Whether keys have come at least once.
  bool has_keys() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace eid::rpc
