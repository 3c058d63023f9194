// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/org_registration/peers.h"

namespace grpc {
class Channel;
}

namespace eid::org_registration {

// The workflow's peers over their intake services.
std::unique_ptr<Peers> MakePeers(std::shared_ptr<grpc::Channel> verification,
                                 std::shared_ptr<grpc::Channel> approval,
                                 std::shared_ptr<grpc::Channel> identity);

}  // namespace eid::org_registration
