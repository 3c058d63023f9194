// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/route_map.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::gateway {
namespace {

// What the gateway itself is called.
constexpr char kOwnName[] = "gateway";
// Served by every program, the gateway too.
constexpr char kAdminPackage[] = "eid.admin.v1";
constexpr char kAdminService[] = "eid.admin.v1.AdminService";

// The linked services of just this package.
std::vector<std::string> ServicesOf(const std::string& package) {
  std::vector<std::string> services = rpc::LinkedServices(package + ".");
  services.erase(std::remove_if(services.begin(), services.end(),
                                [&](const std::string& service) {
                                  return service.rfind('.') != package.size();
                                }),
                 services.end());
  return services;
}

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("backends: ", what));
}

}  // namespace

bool IsOpen(const rpc::Method& method) {
  return std::any_of(method.policy.audiences().begin(), method.policy.audiences().end(),
                     [](int audience) { return audience != policy::v1::AUDIENCE_SERVICE; });
}

absl::StatusOr<RouteMap> RouteMap::Build(std::vector<Served> backends) {
  absl::flat_hash_set<std::string> names, packages;
  std::vector<std::string> services = {kAdminService};
  for (const Served& backend : backends) {
    if (backend.name.empty() || !names.insert(backend.name).second) {
      return Wrong("names must be set, and differ");
    }
    if (backend.name == kOwnName) return Wrong("gateway is the gateway's own name");
    if (backend.packages.empty()) return Wrong(absl::StrCat(backend.name, " serves no package"));
    for (const std::string& package : backend.packages) {
      if (package == kAdminPackage) return Wrong(absl::StrCat(package, " is served by all"));
      if (!packages.insert(package).second) {
        return Wrong(absl::StrCat(package, " is served by two of them"));
      }
      const std::vector<std::string> linked = ServicesOf(package);
      if (linked.empty()) return Wrong(absl::StrCat("no package ", package));
      services.insert(services.end(), linked.begin(), linked.end());
    }
  }
  if (backends.empty()) return Wrong("none");
  ASSIGN_OR_RETURN(rpc::PolicyMap policies, rpc::PolicyMap::Build(services));
  return RouteMap(std::move(policies), std::move(backends));
}

RouteMap::RouteMap(rpc::PolicyMap policies, std::vector<Served> backends)
    : policies_(std::move(policies)), backends_(std::move(backends)) {
  for (size_t i = 0; i < backends_.size(); ++i) {
    for (const std::string& package : backends_[i].packages) by_package_[package] = i;
  }
  for (const rpc::Method* method : policies_.methods()) {
    if (!IsOpen(*method)) continue;
    // Methods are sorted, so those of a service stand together.
    if (open_services_.empty() || open_services_.back() != method->service) {
      open_services_.push_back(method->service);
    }
  }
}

std::vector<std::string> RouteMap::OpenServicesOf(size_t backend) const {
  std::vector<std::string> services;
  for (const rpc::Method* method : policies_.methods()) {
    const auto served = by_package_.find(method->package);
    if (served == by_package_.end() || served->second != backend || !IsOpen(*method)) continue;
    if (services.empty() || services.back() != method->service) services.push_back(method->service);
  }
  return services;
}

absl::StatusOr<std::optional<size_t>> RouteMap::Find(const rpc::Method& method,
                                                     absl::string_view named) const {
  if (method.package != kAdminPackage) return by_package_.at(method.package);
  if (named.empty() || named == kOwnName) return std::nullopt;
  const auto found = std::find_if(backends_.begin(), backends_.end(),
                                  [&](const Served& backend) { return backend.name == named; });
  if (found != backends_.end()) return static_cast<size_t>(found - backends_.begin());
  return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_INVALID_REQUEST,
               absl::StrCat("x-eid-service must be gateway, ",
                            absl::StrJoin(backends_, ", ", [](std::string* out, const Served& s) {
                              out->append(s.name);
                            })));
}

}  // namespace eid::gateway
