// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/rpc/limits.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/rpc_config.pb.h"

namespace grpc {
class Channel;
}

namespace eid::rpc {

// A thread that keeps a verifier's keys and ended sessions up to date from the identity service
// (eid.identity.v1.AuthenticationService/GetSigningKeys). Starting does not wait for the first
// answer: services start in any order, and the verifier answers UNAVAILABLE until then.
class KeyFollower {
 public:
  struct Options {
    // Between two looks; also how long an ended session's tokens may still work.
    absl::Duration refresh = absl::Seconds(kKeysRefreshSeconds);
    // Least time between two looks, whoever asks: after failures, and for key ids that are unknown.
    absl::Duration least_pause = absl::Milliseconds(250);
    // For one look.
    absl::Duration timeout = absl::Seconds(2);
  };

  // `verifier` outlives this.
  KeyFollower(std::shared_ptr<grpc::Channel> identity, auth::TokenVerifier& verifier,
              Options options);
  KeyFollower(std::shared_ptr<grpc::Channel> identity, auth::TokenVerifier& verifier,
              const KeysConfig& config);
  // Stops the thread; a look under way is given up.
  ~KeyFollower();
  KeyFollower(const KeyFollower&) = delete;
  KeyFollower& operator=(const KeyFollower&) = delete;

  // For a pipeline: the verifier's answer. A token of an unknown key makes it look again soon,
  // since the key may be new. Must not outlive this. Never blocks.
  VerifyToken verify();
  // Asks for a look soon. Any thread; never blocks.
  void LookSoon();

 private:
  class Look;

  void Run();
  absl::Status LookOnce();

  const std::shared_ptr<grpc::Channel> identity_;
  auth::TokenVerifier& verifier_;
  const Options options_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool look_soon_ ABSL_GUARDED_BY(mu_) = false;
  Look* look_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread thread_;
};

}  // namespace eid::rpc
