// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace eid::rpc {

// Both total; details travel as a serialized google.rpc.Status ("grpc-status-details-bin").
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace eid::rpc
