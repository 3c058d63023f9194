// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/policy.h"

namespace eid::gateway {

// A service behind the gateway, and the proto packages that it serves.
struct Served {
  std::string name;
  std::vector<std::string> packages;
};

// Which backend serves which RPC, and by which policy: all from the descriptors that are linked. An
// RPC that is added to a package needs no change here. Backends are numbered as they were given.
// Knows no connection. Immutable.
class RouteMap {
 public:
  // INVALID_ARGUMENT when a backend has no name or package, or the gateway's own; when backends share
  // one; when a package has no linked service. FAILED_PRECONDITION when a policy has a hole.
  static absl::StatusOr<RouteMap> Build(std::vector<Served> backends);

  const rpc::PolicyMap& policies() const { return policies_; }
  // Full names of the gRPC services that somebody outside may call, all backends together.
  const std::vector<std::string>& open_services() const { return open_services_; }
  // Those of one backend.
  std::vector<std::string> OpenServicesOf(size_t backend) const;

  // The backend that serves the method. For eid.admin.v1, which all serve, `named` decides (the
  // metadata "x-eid-service"). Nullopt: the gateway itself, for eid.admin.v1 with nobody named.
  // INVALID_ARGUMENT when nobody has that name.
  absl::StatusOr<std::optional<size_t>> Find(const rpc::Method& method,
                                             absl::string_view named) const;

 private:
  RouteMap(rpc::PolicyMap policies, std::vector<Served> backends);

  rpc::PolicyMap policies_;
  std::vector<Served> backends_;
  absl::flat_hash_map<std::string, size_t> by_package_;
  std::vector<std::string> open_services_;
};

// Whether somebody outside may call it: anybody but services alone. Pure.
bool IsOpen(const rpc::Method& method);

}  // namespace eid::gateway
