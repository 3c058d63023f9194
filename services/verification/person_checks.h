// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "common/clock/clock.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/verification/v1/verification_service.pb.h"
#include "services/verification/registry.h"

namespace eid::verification {

// Compares a person with the population database while the caller waits. Stores nothing. Thread-safe.
class PersonChecks {
 public:
  // Both outlive this. At most `max_at_once` checks wait for the database.
  PersonChecks(Registry& population, const Clock& clock, int max_at_once);

  // INVALID_ARGUMENT INVALID_REQUEST. UNAVAILABLE PEER_UNAVAILABLE with RetryInfo: the database did not answer within the
  // call's deadline, or is known to be away. RESOURCE_EXHAUSTED OVERLOADED.
  void Check(const rpc::Call& call, const v1::CheckPersonRequest& request,
             rpc::Reply<v1::CheckPersonResponse> reply);

 private:
  Registry& population_;
  const Clock& clock_;
  const int max_at_once_;
  // Also belongs to the answers that are awaited.
  const std::shared_ptr<std::atomic<int>> waiting_;
};

// The database's answer as the contract wants it. Pure.
v1::CheckPersonResponse Compare(const v1::CheckPersonRequest& request, const Answer& answer);

}  // namespace eid::verification
