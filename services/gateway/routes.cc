// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/routes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/rpc/channel.h"
#include "common/status/macros.h"
#include "services/gateway/settings.h"

namespace eid::gateway {

Backend::Backend(std::string name, std::vector<std::string> packages,
                 std::vector<std::shared_ptr<grpc::Channel>> channels)
    : name_(std::move(name)), packages_(std::move(packages)), channels_(std::move(channels)) {
  for (const auto& channel : channels_) links_.push_back(std::make_unique<Link>(channel));
}

Backend::Link& Backend::NextLink() {
  return *links_[next_.fetch_add(1, std::memory_order_relaxed) % links_.size()];
}

absl::StatusOr<Routes> Routes::Build(const Config& config) {
  std::vector<std::unique_ptr<Backend>> backends;
  for (const BackendConfig& backend : config.backends()) {
    ASSIGN_OR_RETURN(const rpc::PeerConfig peer, PeerOf(backend));
    ASSIGN_OR_RETURN(auto channels, rpc::MakeChannels(peer));
    backends.push_back(std::make_unique<Backend>(
        backend.name(),
        std::vector<std::string>(backend.packages().begin(), backend.packages().end()),
        std::move(channels)));
  }
  return Build(std::move(backends));
}

absl::StatusOr<Routes> Routes::Build(std::vector<std::unique_ptr<Backend>> backends) {
  std::vector<Served> served;
  for (const auto& backend : backends) served.push_back({backend->name(), backend->packages()});
  ASSIGN_OR_RETURN(RouteMap map, RouteMap::Build(std::move(served)));
  return Routes(std::move(map), std::move(backends));
}

std::vector<std::string> Routes::OpenServicesOf(const Backend& backend) const {
  const auto found = std::find_if(backends_.begin(), backends_.end(),
                                  [&](const auto& ours) { return ours.get() == &backend; });
  return map_.OpenServicesOf(static_cast<size_t>(found - backends_.begin()));
}

absl::StatusOr<Backend*> Routes::Find(const rpc::Method& method, absl::string_view named) const {
  ASSIGN_OR_RETURN(const std::optional<size_t> found, map_.Find(method, named));
  return found.has_value() ? backends_[*found].get() : nullptr;
}

}  // namespace eid::gateway
