// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/clock/clock.h"
#include "services/org_registration/following.h"

namespace grpc {
class Channel;
}

namespace eid::org_registration {

// Open watches on what changes at the peers. Ends them, and waits for their end, when destroyed.
class PeerWatches {
 public:
  virtual ~PeerWatches() = default;
};

// Watches verifications and cases, and opens each watch again whenever it ends. Takes no thread.
// `clock` and `following` outlive it.
std::unique_ptr<PeerWatches> WatchPeers(std::shared_ptr<grpc::Channel> verification,
                                        std::shared_ptr<grpc::Channel> approval, const Clock& clock,
                                        Following& following);

}  // namespace eid::org_registration
