// SPDX-License-Identifier: Apache-2.0
#include "services/verification/registry_peer.h"

#include <utility>

#include "common/rpc/peer.h"
#include "eid/registry/v1/registry_service.pb.h"

namespace eid::verification {
namespace {

using registry::v1::LookupOrganizationRequest;
using registry::v1::LookupOrganizationResponse;
using registry::v1::LookupPersonRequest;
using registry::v1::LookupPersonResponse;

class GrpcRegistryPeer final : public RegistryPeer {
 public:
  explicit GrpcRegistryPeer(std::shared_ptr<grpc::Channel> channel)
      : registry_(std::move(channel), /*carries=*/false) {}

  void LookupPerson(const LookupPersonRequest& request, absl::Duration timeout,
                    std::function<void(absl::StatusOr<LookupPersonResponse>)> done) override {
    registry_.Call(lookup_person_, request, {.timeout = timeout}, std::move(done));
  }
  void LookupOrganization(
      const LookupOrganizationRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<LookupOrganizationResponse>)> done) override {
    registry_.Call(lookup_organization_, request, {.timeout = timeout}, std::move(done));
  }

 private:
  const rpc::PeerMethod<LookupPersonRequest, LookupPersonResponse> lookup_person_{
      "/eid.registry.v1.RegistryService/LookupPerson"};
  const rpc::PeerMethod<LookupOrganizationRequest, LookupOrganizationResponse> lookup_organization_{
      "/eid.registry.v1.RegistryService/LookupOrganization"};
  rpc::PeerChannel registry_;
};

}  // namespace

std::unique_ptr<RegistryPeer> MakeRegistryPeer(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcRegistryPeer>(std::move(channel));
}

}  // namespace eid::verification
