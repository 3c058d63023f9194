// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eid/policy/v1/policy.pb.h"

namespace eid::rpc {

// One RPC as its contract describes it.
struct Method {
  // "/eid.approval.v1.ApprovalService/GetCase".
  std::string path;
  // "eid.approval.v1.ApprovalService".
  std::string service;
  // "eid.approval.v1".
  std::string package;
  policy::v1::Policy policy;
  bool client_streaming = false;
  bool server_streaming = false;

  bool streaming() const { return client_streaming || server_streaming; }
};

// The policies of the RPCs of some gRPC services, read from the descriptors that are linked into
// the program. Immutable and thread-safe; pointers into it live as long as it does (moving keeps
// them).
class PolicyMap {
 public:
  // FAILED_PRECONDITION when a service is not linked, or an RPC has no policy, no audience or no
  // rate class; the message lists all that is wrong, so a program with a hole in its policies does
  // not start.
  static absl::StatusOr<PolicyMap> Build(const std::vector<std::string>& services);

  // Null when the RPC is not known.
  const Method* Find(absl::string_view path) const;
  // All of them, sorted by path.
  std::vector<const Method*> methods() const;
  // As given to Build.
  const std::vector<std::string>& services() const { return services_; }

 private:
  PolicyMap() = default;
  std::vector<std::string> services_;
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> methods_;
};

// Full names of the gRPC services whose descriptors are linked into the program and begin with
// `prefix`, sorted.
std::vector<std::string> LinkedServices(absl::string_view prefix = "eid.");

}  // namespace eid::rpc
