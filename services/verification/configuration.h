// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "services/verification/config.pb.h"
#include "services/verification/lookups.h"
#include "services/verification/registry.h"
#include "services/verification/registry_peer.h"
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

// All registries, with their connections. Lives until nothing is asked any more.
class Registries {
 public:
  // INVALID_ARGUMENT: a certificate cannot be read. `clock` outlives this and all answers.
  static absl::StatusOr<std::unique_ptr<Registries>> Connect(const Config& config,
                                                             const Clock& clock);

  // Null: none of this name.
  Registry* Find(absl::string_view registry_id) const;
  std::vector<Registry*> all() const;

 private:
  std::vector<std::unique_ptr<RegistryPeer>> peers_;
  std::vector<std::unique_ptr<Registry>> registries_;
};

}  // namespace eid::verification
