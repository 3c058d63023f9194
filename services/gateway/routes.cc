// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/routes.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/channel.h"
#include "common/rpc/limits.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::gateway {
namespace {

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

}  // namespace

Backend::Backend(std::string name, std::vector<std::string> packages,
                 std::vector<std::shared_ptr<grpc::Channel>> channels)
    : name_(std::move(name)), packages_(std::move(packages)), channels_(std::move(channels)) {
  for (const auto& channel : channels_) links_.push_back(std::make_unique<Link>(channel));
}

Backend::Link& Backend::NextLink() {
  return *links_[next_.fetch_add(1, std::memory_order_relaxed) % links_.size()];
}

bool IsOpen(const rpc::Method& method) {
  return std::any_of(method.policy.audiences().begin(), method.policy.audiences().end(),
                     [](int audience) { return audience != policy::v1::AUDIENCE_SERVICE; });
}

absl::StatusOr<Routes> Routes::Build(const Config& config) {
  std::vector<std::unique_ptr<Backend>> backends;
  for (const BackendConfig& backend : config.backends()) {
    rpc::PeerConfig peer = backend.peer();
    if (peer.max_message_bytes() > 0 && peer.max_message_bytes() < rpc::kMaxAnswerBytes) {
      return absl::InvalidArgumentError(absl::StrCat("backends: ", backend.name(),
                                                     ": max_message_bytes: at least ",
                                                     rpc::kMaxAnswerBytes, ", or 0"));
    }
    peer.set_no_retries(true);
    ASSIGN_OR_RETURN(auto channels, rpc::MakeChannels(peer));
    backends.push_back(std::make_unique<Backend>(
        backend.name(),
        std::vector<std::string>(backend.packages().begin(), backend.packages().end()),
        std::move(channels)));
  }
  return Build(std::move(backends));
}

absl::StatusOr<Routes> Routes::Build(std::vector<std::unique_ptr<Backend>> backends) {
  absl::flat_hash_set<std::string> names, packages;
  std::vector<std::string> services = {kAdminService};
  for (const auto& backend : backends) {
    if (backend->name().empty() || !names.insert(backend->name()).second) {
      return absl::InvalidArgumentError("backends: names must be set, and differ");
    }
    for (const std::string& package : backend->packages()) {
      if (!packages.insert(package).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("backends: ", package, " is served by two of them"));
      }
      const std::vector<std::string> linked = ServicesOf(package);
      if (linked.empty()) {
        return absl::InvalidArgumentError(absl::StrCat("backends: no package ", package));
      }
      services.insert(services.end(), linked.begin(), linked.end());
    }
  }
  if (packages.empty()) return absl::InvalidArgumentError("backends: none");
  ASSIGN_OR_RETURN(rpc::PolicyMap policies, rpc::PolicyMap::Build(services));
  return Routes(std::move(policies), std::move(backends));
}

Routes::Routes(rpc::PolicyMap policies, std::vector<std::unique_ptr<Backend>> backends)
    : policies_(std::move(policies)), backends_(std::move(backends)) {
  for (const auto& backend : backends_) {
    for (const std::string& package : backend->packages()) by_package_[package] = backend.get();
  }
  for (const rpc::Method* method : policies_.methods()) {
    if (!IsOpen(*method)) continue;
    // Methods are sorted, so those of a service stand together.
    if (open_services_.empty() || open_services_.back() != method->service) {
      open_services_.push_back(method->service);
    }
  }
}

std::vector<std::string> Routes::OpenServicesOf(const Backend& backend) const {
  std::vector<std::string> services;
  for (const rpc::Method* method : policies_.methods()) {
    const auto served = by_package_.find(method->package);
    if (served == by_package_.end() || served->second != &backend || !IsOpen(*method)) continue;
    if (services.empty() || services.back() != method->service) services.push_back(method->service);
  }
  return services;
}

absl::StatusOr<Backend*> Routes::Find(const rpc::Method& method, absl::string_view named) const {
  if (method.package != kAdminPackage) return by_package_.at(method.package);
  if (named.empty() || named == "gateway") return nullptr;
  const auto found = std::find_if(backends_.begin(), backends_.end(),
                                  [&](const auto& backend) { return backend->name() == named; });
  if (found != backends_.end()) return found->get();
  return Error(
      absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_INVALID_REQUEST,
      absl::StrCat("x-eid-service must be gateway, ",
                   absl::StrJoin(backends_, ", ", [](std::string* out, const auto& backend) {
                     out->append(backend->name());
                   })));
}

}  // namespace eid::gateway
