// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/trunk.h"
#include "services/gateway/config.pb.h"
#include "services/gateway/route_map.h"

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

// The backends, and which of them serves which RPC (RouteMap). Immutable.
class Routes {
 public:
  // Connects lazily. As RouteMap::Build, and INVALID_ARGUMENT for a peer that cannot be reached so.
  static absl::StatusOr<Routes> Build(const Config& config);
  // The same for backends that are there already.
  static absl::StatusOr<Routes> Build(std::vector<std::unique_ptr<Backend>> backends);

  const rpc::PolicyMap& policies() const { return map_.policies(); }
  const std::vector<std::unique_ptr<Backend>>& backends() const { return backends_; }
  // Full names of the gRPC services that somebody outside may call, all backends together.
  const std::vector<std::string>& open_services() const { return map_.open_services(); }
  // Those of one backend.
  std::vector<std::string> OpenServicesOf(const Backend& backend) const;

  // The backend that serves the method; null: the gateway itself. As RouteMap::Find.
  absl::StatusOr<Backend*> Find(const rpc::Method& method, absl::string_view named) const;

 private:
  Routes(RouteMap map, std::vector<std::unique_ptr<Backend>> backends)
      : map_(std::move(map)), backends_(std::move(backends)) {}

  RouteMap map_;
  std::vector<std::unique_ptr<Backend>> backends_;
};

}  // namespace eid::gateway
