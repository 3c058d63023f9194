// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "services/identity/environment.h"

namespace eid::identity {

// Starts proofs of possession. Thread-safe.
class Challenges {
 public:
  explicit Challenges(const Environment& environment) : environment_(environment) {}

  // AuthenticationService.CreateChallenge.
  void Create(const rpc::Call& call, const v1::CreateChallengeRequest& request,
              rpc::Reply<v1::Challenge> reply);

 private:
  // TOO_MANY_ATTEMPTS if this client, or all together, asked for too many codes or guessed too much.
  absl::Status TakeCode(kv::Txn& txn, const std::string& subject, const std::string& asker) const;
  // `row` lacks whose it is.
  absl::Status StoreCode(kv::Txn& txn, const std::string& personal_id, ChallengeRow row) const;

  const Environment& environment_;
};

}  // namespace eid::identity
