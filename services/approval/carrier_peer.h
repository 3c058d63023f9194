// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/outbox/outbox.h"

namespace grpc {
class Channel;
}

namespace eid::approval {

// Sends the outbox's payloads (each a serialized eid.delivery.v1.DeliverRequest) to the carrier
// behind the channel. Thread-safe.
outbox::Sender SendToCarrier(std::shared_ptr<grpc::Channel> channel);

}  // namespace eid::approval
