// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "tools/bench/core/server_config.pb.h"

namespace eid::bench {

// The program eid_bench_server, one for each kind. They return when told to stop.
absl::Status ServeAsService(const ServerConfig& config);
absl::Status ServeBare(const ServerConfig& config);
absl::Status ServeAsProxy(const ServerConfig& config);

}  // namespace eid::bench
