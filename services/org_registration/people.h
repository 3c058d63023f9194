// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/org_registration/decide.h"

namespace eid::org_registration {

// Where persons are known: the identity service. Thread-safe.
class People {
 public:
  using Done = std::function<void(absl::StatusOr<Person>)>;
  virtual ~People() = default;

  // The caller's own account as it is now, asked for with the caller's own token. Returns at once;
  // `done` is called once, on any thread, and must not block. Errors are those that the caller may
  // be given: UNAVAILABLE PEER_UNAVAILABLE, UNAUTHENTICATED, FAILED_PRECONDITION ACCOUNT_NOT_ACTIVE
  // (identity no longer has it).
  virtual void GetCaller(const rpc::Call& call, Done done) = 0;
};

}  // namespace eid::org_registration
