// SPDX-License-Identifier: Apache-2.0
// What passes from one side of a forwarded call to the other beside its messages.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"

namespace eid::gateway {

// Kept back of a unary call's time, so that the gateway's answer arrives before the caller gives
// up.
inline constexpr absl::Duration kReserve = absl::Milliseconds(5);

// The client's address: that of the connection, or what a proxy of ours says that it is.
std::string ClientAddress(const rpc::Call& call, const grpc::CallbackServerContext& from,
                          const absl::flat_hash_set<std::string>& trusted_proxies);

// Metadata and deadline of the call to the backend. Of what came from outside pass: the token, if
// it was believed, accept-language and traceparent; the gateway adds x-request-id and x-eid-client.
// Nothing else does: nobody outside speaks for the gateway.
void PrepareOutbound(const rpc::Call& call, const grpc::CallbackServerContext& from,
                     grpc::ClientContext& to);

// Whether a call brings metadata that a trunk has no place for, and that is passed on.
bool PassesMetadata(const grpc::CallbackServerContext& from);

// The backend's trailers, without gRPC's own; the error details travel with the status.
void PassTrailers(const grpc::ClientContext& from, grpc::CallbackServerContext& to);

// The status for the caller. A service's own error, which has details, stays as it is. What the
// connection to the backend made of it (addresses, states of sockets) stays inside: UNAVAILABLE, and
// CANCELLED unless the caller left, become PEER_UNAVAILABLE with RetryInfo, RESOURCE_EXHAUSTED
// becomes MESSAGE_TOO_LARGE, UNIMPLEMENTED becomes METHOD_UNKNOWN, or INVALID_ARGUMENT
// INVALID_REQUEST when it says nothing, as gRPC does of requests that it cannot parse; the others
// keep their code with a text of ours. Pure.
absl::Status StatusForCaller(absl::Status from_backend, bool caller_left);

}  // namespace eid::gateway
