// SPDX-License-Identifier: Apache-2.0
#include "services/identity/environment.h"

#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::identity {

absl::Status Overloaded() {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                         "Too many calls with a secret wait already. Try again."),
                   absl::Seconds(1));
}

absl::Status TooLate() {
  return Error(absl::StatusCode::kDeadlineExceeded, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
               "The call's deadline passed before its turn came.");
}

absl::Status CheckClient(const Environment& environment, const rpc::Call& call) {
  const absl::Duration wait = environment.clients.Take(call.client);
  return wait > absl::ZeroDuration() ? TooManyAttempts(wait) : absl::OkStatus();
}

}  // namespace eid::identity
