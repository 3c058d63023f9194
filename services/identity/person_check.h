// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "eid/verification/v1/verification_service.pb.h"

namespace eid::identity {

// Compares a person's data with the population database.
class PersonCheck {
 public:
  using Done = std::function<void(absl::StatusOr<verification::v1::CheckPersonResponse>)>;
  virtual ~PersonCheck() = default;

  // `call` is the one that it is done for: its deadline bounds the check. `done` is called once, from
  // any thread, and must not block. Thread-safe.
  virtual void Check(const rpc::Call& call, verification::v1::CheckPersonRequest person,
                     Done done) = 0;
};

}  // namespace eid::identity
