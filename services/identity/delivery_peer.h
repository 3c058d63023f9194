// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/identity/carrier.h"

namespace grpc {
class Channel;
}

namespace eid::identity {

// Carrier behind eid.delivery.v1.
std::unique_ptr<Carrier> DeliveryPeer(std::shared_ptr<grpc::Channel> channel);

}  // namespace eid::identity
