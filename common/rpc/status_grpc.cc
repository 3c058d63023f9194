// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/status_grpc.h"

#include <string>

#include "common/rpc/status_wire.h"

namespace eid::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      ToWire(status));
}

absl::Status FromGrpc(const grpc::Status& status) {
  return FromWire(status.error_code(), status.error_message(), status.error_details());
}

}  // namespace eid::rpc
