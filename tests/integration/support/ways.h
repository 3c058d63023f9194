// SPDX-License-Identifier: Apache-2.0
// How somebody who may call an RPC calls it, and whether calls have left anything behind.
#pragma once

#include <map>
#include <string>

#include "tests/integration/support/access.h"

namespace eid::integration {

// The door and what to show there.
struct Way {
  Door door;
  RawOptions options;
};

// A way by which the RPC admits the caller: through the gateway with somebody's token where it is
// for persons or the public, else at the program's port with the certificate of a service that is
// on its list.
Way WayTo(Stage& stage, const Rpc& rpc);

// Sends these bytes by that way.
Answer CallBy(const Way& way, const Rpc& rpc, absl::string_view request);

// What AdminService.GetInfo says of each service's store.
std::map<std::string, int64_t> StoreRevisions(Stage& stage);

}  // namespace eid::integration
