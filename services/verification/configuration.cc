// SPDX-License-Identifier: Apache-2.0
#include "services/verification/configuration.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace eid::verification {
namespace {

constexpr int kMaxPersonChecks = 64;

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::Duration MillisecondsOr(int value, absl::Duration standard) {
  return value > 0 ? absl::Milliseconds(value) : standard;
}

absl::Status ValidateRegistry(const RegistryConfig& registry) {
  if (registry.registry_id().empty()) return Wrong("a registry without registry_id");
  if (registry.peer().address().empty()) {
    return Wrong(absl::StrCat("registry ", registry.registry_id(), " has no address"));
  }
  if (registry.timeout_ms() < 0 || registry.max_in_flight() < 0 ||
      registry.failures_to_open() < 0 || registry.open_ms() < 0 || registry.max_open_ms() < 0) {
    return Wrong(absl::StrCat("registry ", registry.registry_id(), " has a negative number"));
  }
  return absl::OkStatus();
}

absl::Status ValidateRoutes(const Config& config, const std::set<std::string>& registries) {
  std::set<int> routed;
  for (const Route& route : config.routes()) {
    const std::string name = dossier::v1::OrganizationCategory_Name(route.category());
    if (!routed.insert(route.category()).second) return Wrong(absl::StrCat("two routes of ", name));
    if (route.registry_ids().empty()) return Wrong(absl::StrCat("no registry for ", name));
    for (const std::string& id : route.registry_ids()) {
      if (registries.count(id) == 0) return Wrong(absl::StrCat(name, ": no registry ", id));
    }
  }
  for (int category = dossier::v1::OrganizationCategory_MIN + 1;
       category <= dossier::v1::OrganizationCategory_MAX; ++category) {
    if (routed.count(category) > 0) continue;
    return Wrong(absl::StrCat("no route for ",
                              dossier::v1::OrganizationCategory_Name(
                                  static_cast<dossier::v1::OrganizationCategory>(category))));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckConfig(const Config& config) {
  if (config.data_dir().empty()) return Wrong("no data_dir");
  std::set<std::string> registries;
  for (const RegistryConfig& registry : config.registries()) {
    RETURN_IF_ERROR(ValidateRegistry(registry));
    if (!registries.insert(registry.registry_id()).second) {
      return Wrong(absl::StrCat("two registries ", registry.registry_id()));
    }
  }
  if (registries.count(config.population_registry_id()) == 0) {
    return Wrong("population_registry_id names no registry");
  }
  if (config.retry().initial_ms() < 0 || config.retry().max_ms() < 0 ||
      config.stale_after_hours() < 0 || config.max_person_checks() < 0) {
    return Wrong("a negative number");
  }
  return ValidateRoutes(config, registries);
}

std::vector<std::string> ServedServices() {
  return {"eid.verification.v1.VerificationService",
          "eid.verification.v1.VerificationIntakeService", "eid.verification.v1.PersonCheckService",
          "eid.admin.v1.AdminService"};
}

int MaxPersonChecksOf(const Config& config) {
  return config.max_person_checks() > 0 ? config.max_person_checks() : kMaxPersonChecks;
}

Routing RoutingOf(const Config& config) {
  Routing routing;
  routing.population = config.population_registry_id();
  for (const Route& route : config.routes()) {
    routing.organizations[route.category()] = {route.registry_ids().begin(),
                                               route.registry_ids().end()};
  }
  return routing;
}

RetryOptions RetryOf(const Config& config) {
  const RetryOptions standard;
  return {.initial = MillisecondsOr(config.retry().initial_ms(), standard.initial),
          .max = MillisecondsOr(config.retry().max_ms(), standard.max)};
}

Registry::Options OptionsOf(const RegistryConfig& registry, const Config& config) {
  Registry::Options options;
  options.timeout = MillisecondsOr(registry.timeout_ms(), options.timeout);
  if (registry.max_in_flight() > 0) options.max_in_flight = registry.max_in_flight();
  if (registry.failures_to_open() > 0) {
    options.circuit.failures_to_open = registry.failures_to_open();
  }
  options.circuit.open = MillisecondsOr(registry.open_ms(), options.circuit.open);
  options.circuit.max_open = std::max(
      options.circuit.open, MillisecondsOr(registry.max_open_ms(), options.circuit.max_open));
  if (config.stale_after_hours() > 0) options.stale_after = absl::Hours(config.stale_after_hours());
  return options;
}

}  // namespace eid::verification
