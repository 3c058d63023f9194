// SPDX-License-Identifier: Apache-2.0
#include "services/verification/registry_peer.h"

#include <utility>

#include "common/rpc/peer.h"
#include "eid/registry/v1/registry_service.grpc.pb.h"

namespace eid::verification {
namespace {

using registry::v1::LookupOrganizationRequest;
using registry::v1::LookupOrganizationResponse;
using registry::v1::LookupPersonRequest;
using registry::v1::LookupPersonResponse;
using Service = registry::v1::RegistryService;

class GrpcRegistryPeer final : public RegistryPeer {
 public:
  explicit GrpcRegistryPeer(std::shared_ptr<grpc::Channel> channel)
      : stub_(Service::NewStub(std::move(channel))) {}

  void LookupPerson(const LookupPersonRequest& request, absl::Duration timeout,
                    std::function<void(absl::StatusOr<LookupPersonResponse>)> done) override {
    rpc::CallPeer(*stub_->async(), &Service::StubInterface::async_interface::LookupPerson, request,
                  {.timeout = timeout}, std::move(done));
  }
  void LookupOrganization(
      const LookupOrganizationRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<LookupOrganizationResponse>)> done) override {
    rpc::CallPeer(*stub_->async(), &Service::StubInterface::async_interface::LookupOrganization,
                  request, {.timeout = timeout}, std::move(done));
  }

 private:
  const std::unique_ptr<Service::Stub> stub_;
};

}  // namespace

std::unique_ptr<RegistryPeer> MakeRegistryPeer(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcRegistryPeer>(std::move(channel));
}

}  // namespace eid::verification
