// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/org_registration/peers.h"

namespace eid::rpc {
class PeerChannel;
}

namespace eid::org_registration {

// The workflow's peers over their intake services. The channels outlive it.
std::unique_ptr<Peers> MakePeers(rpc::PeerChannel& verification, rpc::PeerChannel& approval,
                                 rpc::PeerChannel& identity);

}  // namespace eid::org_registration
