// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/rpc_config.pb.h"

namespace eid::rpc {

// Credentials from PEM files. The files are read again every few seconds: a renewed certificate is
// used from the next handshake on. TLS 1.2 is the least that gRPC 1.51 lets one ask for; both ends
// of the suite speak 1.3. INVALID_ARGUMENT when a file is missing, empty, or not named.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const ServerTls& tls);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const ClientTls& tls);

}  // namespace eid::rpc
