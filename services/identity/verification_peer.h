// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "services/identity/person_check.h"

namespace grpc {
class Channel;
}

namespace eid::identity {

// PersonCheck by the verification service, each within `timeout` and within its call's deadline.
std::unique_ptr<PersonCheck> VerificationPeer(std::shared_ptr<grpc::Channel> channel,
                                              absl::Duration timeout);

}  // namespace eid::identity
