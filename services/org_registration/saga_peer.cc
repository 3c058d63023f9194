// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/saga_peer.h"

#include <utility>

#include "common/rpc/peer.h"

namespace eid::org_registration {
namespace {

using approval::v1::Case;
using approval::v1::CloseCaseRequest;
using approval::v1::EnsureCaseRequest;
using identity::v1::EnsureOrganizationRequest;
using identity::v1::Organization;
using verification::v1::EnsureVerificationRequest;
using verification::v1::Verification;

const rpc::PeerOptions kOptions = {.timeout = absl::Seconds(5)};

class SagaPeers final : public Peers {
 public:
  SagaPeers(rpc::PeerChannel& verification, rpc::PeerChannel& approval, rpc::PeerChannel& identity)
      : verification_(verification), approval_(approval), identity_(identity) {}

  void EnsureVerification(EnsureVerificationRequest request, Done<Verification> done) override {
    verification_.Call(ensure_verification_, std::move(request), kOptions, std::move(done));
  }
  void EnsureCase(EnsureCaseRequest request, Done<Case> done) override {
    approval_.Call(ensure_case_, std::move(request), kOptions, std::move(done));
  }
  void CloseCase(CloseCaseRequest request, Done<Case> done) override {
    approval_.Call(close_case_, std::move(request), kOptions, std::move(done));
  }
  void EnsureOrganization(EnsureOrganizationRequest request, Done<Organization> done) override {
    identity_.Call(ensure_organization_, std::move(request), kOptions, std::move(done));
  }

 private:
  const rpc::PeerMethod<EnsureVerificationRequest, Verification> ensure_verification_{
      "/eid.verification.v1.VerificationIntakeService/EnsureVerification"};
  const rpc::PeerMethod<EnsureCaseRequest, Case> ensure_case_{
      "/eid.approval.v1.ApprovalIntakeService/EnsureCase"};
  const rpc::PeerMethod<CloseCaseRequest, Case> close_case_{
      "/eid.approval.v1.ApprovalIntakeService/CloseCase"};
  const rpc::PeerMethod<EnsureOrganizationRequest, Organization> ensure_organization_{
      "/eid.identity.v1.OrganizationIntakeService/EnsureOrganization"};
  rpc::PeerChannel& verification_;
  rpc::PeerChannel& approval_;
  rpc::PeerChannel& identity_;
};

}  // namespace

std::unique_ptr<Peers> MakePeers(rpc::PeerChannel& verification, rpc::PeerChannel& approval,
                                 rpc::PeerChannel& identity) {
  return std::make_unique<SagaPeers>(verification, approval, identity);
}

}  // namespace eid::org_registration
