// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "services/identity/environment.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

// Organizations' accounts. Thread-safe.
class Organizations {
 public:
  explicit Organizations(const Environment& environment) : environment_(environment) {}

  // OrganizationService.
  void Get(const rpc::Call& call, const v1::GetOrganizationRequest& request,
           rpc::Reply<v1::Organization> reply);
  void List(const rpc::Call& call, const v1::ListOrganizationsRequest& request,
            rpc::Reply<v1::ListOrganizationsResponse> reply);
  void Activate(const rpc::Call& call, const v1::ActivateOrganizationRequest& request,
                rpc::Reply<v1::Organization> reply);
  void Reopen(const rpc::Call& call, const v1::ReopenActivationRequest& request,
              rpc::Reply<v1::Organization> reply);

  // OrganizationIntakeService.
  void Ensure(const rpc::Call& call, const v1::EnsureOrganizationRequest& request,
              rpc::Reply<v1::Organization> reply);

 private:
  absl::StatusOr<v1::Organization> ActivateIn(kv::Txn& txn, const std::string& account_id,
                                              const v1::ActivateOrganizationRequest& request) const;
  absl::StatusOr<v1::Organization> ReopenIn(kv::Txn& txn, const std::string& organization_id) const;
  // GRANTED, with its window from now.
  absl::Status OpenWindow(OrganizationRow& row, absl::Time now) const;
  absl::StatusOr<v1::Organization> EnsureIn(kv::Txn& txn,
                                            const v1::EnsureOrganizationRequest& request,
                                            const std::string& new_id) const;
  absl::StatusOr<v1::ListOrganizationsResponse> ListNow(
      const rpc::Call& call, const v1::ListOrganizationsRequest& request) const;

  const Environment& environment_;
};

}  // namespace eid::identity
