// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "services/identity/person_check.h"

namespace eid::rpc {
class PeerChannel;
}

namespace eid::identity {

// PersonCheck by the verification service, each within `timeout` and within its call's deadline. The
// channel outlives it.
std::unique_ptr<PersonCheck> VerificationPeer(rpc::PeerChannel& verification,
                                              absl::Duration timeout);

}  // namespace eid::identity
