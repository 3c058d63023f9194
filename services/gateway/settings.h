// SPDX-License-Identifier: Apache-2.0
// What the configuration means; how often a client may call is limits.h. Pure; knows no gRPC.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/config.pb.h"
#include "services/gateway/route_map.h"

namespace eid::gateway {

// INVALID_ARGUMENT for the first thing that is wrong. Names and packages of backends are for
// RouteMap::Build, which knows the contracts.
absl::Status CheckConfig(const Config& config);

// Larger messages are refused.
size_t MaxMessageBytes(const Config& config);
// How the gateway's server listens: gRPC cuts off only what is far over the message limit, so that
// what is a little over gets an error with a reason.
rpc::RpcConfig ListenConfig(const Config& config);
// As connections show addresses; see config.proto.
absl::flat_hash_set<std::string> TrustedProxies(const Config& config);
// Time between two looks at the backends' health.
absl::Duration HealthPause(const Config& config);

std::vector<Served> ServedBy(const Config& config);
// How a backend is reached: without retries, which are the caller's. INVALID_ARGUMENT for a bad
// configuration.
absl::StatusOr<rpc::PeerConfig> PeerOf(const BackendConfig& backend);

}  // namespace eid::gateway
