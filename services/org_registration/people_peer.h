// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/clock/clock.h"
#include "services/org_registration/people.h"

namespace eid::rpc {
class PeerChannel;
}

namespace eid::org_registration {

// People, as identity's AccountService knows them. The channel and `clock` outlive it.
std::unique_ptr<People> MakePeople(rpc::PeerChannel& identity, const Clock& clock);

}  // namespace eid::org_registration
