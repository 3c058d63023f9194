// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "services/identity/environment.h"
#include "services/identity/prover.h"
#include "services/identity/tokens.h"

namespace eid::identity {

// Opens sessions and raises their level. Thread-safe.
class Logins {
 public:
  Logins(const Environment& environment, const Prover& prover)
      : environment_(environment), prover_(prover) {}

  // AuthenticationService.
  void Login(const rpc::Call& call, const v1::LoginRequest& request, rpc::Reply<v1::Session> reply);
  void StepUp(const rpc::Call& call, const v1::StepUpRequest& request,
              rpc::Reply<v1::Session> reply);

 private:
  // On the hash pool.
  absl::StatusOr<v1::Session> LoginNow(const Attempt& attempt) const;
  absl::StatusOr<v1::Session> StepUpNow(const std::string& session_id,
                                        const Attempt& attempt) const;

  const Environment& environment_;
  const Prover& prover_;
};

}  // namespace eid::identity
