// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/policy.h"
#include "common/rpc/trunk.h"
#include "services/gateway/config.pb.h"

namespace eid::gateway {

// A service behind the gateway. Thread-safe.
class Backend {
 public:
  using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

  // At least one channel and one package.
  Backend(std::string name, std::vector<std::string> packages,
          std::vector<std::shared_ptr<grpc::Channel>> channels);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& packages() const { return packages_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channels_.front(); }
  // One connection to it.
  struct Link {
    explicit Link(const std::shared_ptr<grpc::Channel>& channel) : stub(channel), trunk(channel) {}
    Stub stub;
    rpc::Trunk trunk;
  };
  // The one for the next call: they take turns.
  Link& NextLink();

 private:
  const std::string name_;
  const std::vector<std::string> packages_;
  const std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<Link>> links_;
  std::atomic<size_t> next_{0};
};

// Which backend serves which RPC, and by which policy: all from the descriptors that are linked. An
// RPC that is added to a package needs no change here. Immutable.
class Routes {
 public:
  // Connects lazily. INVALID_ARGUMENT when backends share a name or a package, or a package has no
  // linked service; FAILED_PRECONDITION when a policy has a hole.
  static absl::StatusOr<Routes> Build(const Config& config);
  // The same for backends that are there already.
  static absl::StatusOr<Routes> Build(std::vector<std::unique_ptr<Backend>> backends);

  const rpc::PolicyMap& policies() const { return policies_; }
  const std::vector<std::unique_ptr<Backend>>& backends() const { return backends_; }
  // Full names of the gRPC services that somebody outside may call, all backends together.
  const std::vector<std::string>& open_services() const { return open_services_; }
  // Those of one backend.
  std::vector<std::string> OpenServicesOf(const Backend& backend) const;

  // The backend that serves the method. For eid.admin.v1, which all serve, `named` decides (the
  // metadata "x-eid-service"). Null: the gateway itself, for eid.admin.v1 with nobody named.
  // INVALID_ARGUMENT when nobody has that name.
  absl::StatusOr<Backend*> Find(const rpc::Method& method, absl::string_view named) const;

 private:
  Routes(rpc::PolicyMap policies, std::vector<std::unique_ptr<Backend>> backends);

  rpc::PolicyMap policies_;
  std::vector<std::unique_ptr<Backend>> backends_;
  absl::flat_hash_map<std::string, Backend*> by_package_;
  std::vector<std::string> open_services_;
};

// Whether somebody outside may call it: anybody but services alone. Pure.
bool IsOpen(const rpc::Method& method);

}  // namespace eid::gateway
