// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/clock/clock.h"
#include "services/org_registration/people.h"

namespace grpc {
class Channel;
}

namespace eid::org_registration {

// People, as identity's AccountService knows them. `clock` outlives it.
std::unique_ptr<People> MakePeople(std::shared_ptr<grpc::Channel> identity, const Clock& clock);

}  // namespace eid::org_registration
