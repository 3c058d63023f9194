// SPDX-License-Identifier: Apache-2.0
#include "services/verification/registries.h"

#include <utility>

#include "common/rpc/channel.h"
#include "common/status/macros.h"
#include "services/verification/configuration.h"

namespace eid::verification {

absl::StatusOr<std::unique_ptr<Registries>> Registries::Connect(const Config& config,
                                                                const Clock& clock) {
  auto all = std::make_unique<Registries>();
  for (const RegistryConfig& registry : config.registries()) {
    ASSIGN_OR_RETURN(auto channel, rpc::MakeChannel(registry.peer()));
    all->peers_.push_back(MakeRegistryPeer(std::move(channel)));
    all->registries_.push_back(std::make_unique<Registry>(
        registry.registry_id(), *all->peers_.back(), OptionsOf(registry, config), clock));
  }
  return all;
}

Registry* Registries::Find(absl::string_view registry_id) const {
  for (const auto& registry : registries_) {
    if (registry->id() == registry_id) return registry.get();
  }
  return nullptr;
}

std::vector<Registry*> Registries::all() const {
  std::vector<Registry*> all;
  for (const auto& registry : registries_) all.push_back(registry.get());
  return all;
}

}  // namespace eid::verification
