// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/verification/v1/verification_service.pb.h"

namespace eid::org_registration {

// The services that the workflow asks, in its own name. Each method returns at once and calls `done`
// once, on any thread, within a few seconds, with the answer or the peer's error. All are idempotent.
// What is asked holds a dossier: it is moved to the call, not copied. Thread-safe.
class Peers {
 public:
  template <class Answer>
  using Done = std::function<void(absl::StatusOr<Answer>)>;

  virtual ~Peers() = default;
  virtual void EnsureVerification(verification::v1::EnsureVerificationRequest request,
                                  Done<verification::v1::Verification> done) = 0;
  virtual void EnsureCase(approval::v1::EnsureCaseRequest request,
                          Done<approval::v1::Case> done) = 0;
  virtual void CloseCase(approval::v1::CloseCaseRequest request, Done<approval::v1::Case> done) = 0;
  virtual void EnsureOrganization(identity::v1::EnsureOrganizationRequest request,
                                  Done<identity::v1::Organization> done) = 0;
};

}  // namespace eid::org_registration
