// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/saga_peer.h"

#include <utility>

#include "common/rpc/peer.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "eid/identity/v1/organization_service.grpc.pb.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"

namespace eid::org_registration {
namespace {

using approval::v1::ApprovalIntakeService;
using identity::v1::OrganizationIntakeService;
using verification::v1::VerificationIntakeService;

const rpc::PeerOptions kOptions = {.timeout = absl::Seconds(5)};

class SagaPeers final : public Peers {
 public:
  SagaPeers(std::shared_ptr<grpc::Channel> verification, std::shared_ptr<grpc::Channel> approval,
            std::shared_ptr<grpc::Channel> identity)
      : verification_(VerificationIntakeService::NewStub(std::move(verification))),
        approval_(ApprovalIntakeService::NewStub(std::move(approval))),
        identity_(OrganizationIntakeService::NewStub(std::move(identity))) {}

  void EnsureVerification(verification::v1::EnsureVerificationRequest request,
                          Done<verification::v1::Verification> done) override {
    rpc::CallPeer(*verification_->async(),
                  &VerificationIntakeService::StubInterface::async_interface::EnsureVerification,
                  std::move(request), kOptions, std::move(done));
  }
  void EnsureCase(approval::v1::EnsureCaseRequest request, Done<approval::v1::Case> done) override {
    rpc::CallPeer(*approval_->async(),
                  &ApprovalIntakeService::StubInterface::async_interface::EnsureCase,
                  std::move(request), kOptions, std::move(done));
  }
  void CloseCase(approval::v1::CloseCaseRequest request, Done<approval::v1::Case> done) override {
    rpc::CallPeer(*approval_->async(),
                  &ApprovalIntakeService::StubInterface::async_interface::CloseCase,
                  std::move(request), kOptions, std::move(done));
  }
  void EnsureOrganization(identity::v1::EnsureOrganizationRequest request,
                          Done<identity::v1::Organization> done) override {
    rpc::CallPeer(*identity_->async(),
                  &OrganizationIntakeService::StubInterface::async_interface::EnsureOrganization,
                  std::move(request), kOptions, std::move(done));
  }

 private:
  const std::unique_ptr<VerificationIntakeService::StubInterface> verification_;
  const std::unique_ptr<ApprovalIntakeService::StubInterface> approval_;
  const std::unique_ptr<OrganizationIntakeService::StubInterface> identity_;
};

}  // namespace

std::unique_ptr<Peers> MakePeers(std::shared_ptr<grpc::Channel> verification,
                                 std::shared_ptr<grpc::Channel> approval,
                                 std::shared_ptr<grpc::Channel> identity) {
  return std::make_unique<SagaPeers>(std::move(verification), std::move(approval),
                                     std::move(identity));
}

}  // namespace eid::org_registration
