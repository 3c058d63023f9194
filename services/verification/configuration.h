// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/verification/config.pb.h"
#include "services/verification/lookups.h"
#include "services/verification/registry.h"
#include "services/verification/retry.h"

// What the configuration means.
namespace eid::verification {

// INVALID_ARGUMENT with the first thing that is wrong: a registry without an id or twice, a route to one that is not
// there, a category without a route, a negative number, no data_dir.
absl::Status CheckConfig(const Config& config);

// Full names of the gRPC services of this program.
std::vector<std::string> ServedServices();

// Of a valid configuration.
Routing RoutingOf(const Config& config);
RetryOptions RetryOf(const Config& config);
int MaxPersonChecksOf(const Config& config);
Registry::Options OptionsOf(const RegistryConfig& registry, const Config& config);

}  // namespace eid::verification
