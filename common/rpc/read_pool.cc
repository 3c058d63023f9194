// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/read_pool.h"

#include "absl/time/time.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {

absl::Status TooManyReads() {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                         "too many lists are being read"),
                   absl::Milliseconds(500));
}

absl::Status ReadTooLate() {
  return Error(absl::StatusCode::kDeadlineExceeded, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
               "the deadline passed before the reading began");
}

}  // namespace eid::rpc
