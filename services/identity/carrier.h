// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "eid/delivery/v1/delivery_service.pb.h"

namespace eid::identity {

// Takes messages to people's phones.
class Carrier {
 public:
  virtual ~Carrier() = default;

  // `done` is called once, from any thread, and must not block: OK when the carrier took the message,
  // INVALID_ARGUMENT when it never will. Thread-safe.
  virtual void Deliver(delivery::v1::DeliverRequest message,
                       std::function<void(absl::Status)> done) = 0;
};

}  // namespace eid::identity
