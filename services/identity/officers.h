// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/officer_service.pb.h"
#include "services/identity/environment.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

// Changes of an officer's roles. Pure. `now` is noted when something changed; they say whether it did.
bool AddRole(v1::Officer& officer, policy::v1::OfficerRole role, absl::string_view unit_code,
             absl::Time now);
bool RemoveRole(v1::Officer& officer, policy::v1::OfficerRole role, absl::Time now);
bool HoldsRole(const v1::Officer& officer, policy::v1::OfficerRole role);

// Officers' roles. Thread-safe.
class Officers {
 public:
  explicit Officers(const Environment& environment) : environment_(environment) {}

  // OfficerService.
  void Grant(const rpc::Call& call, const v1::GrantRoleRequest& request,
             rpc::Reply<v1::Officer> reply);
  void Revoke(const rpc::Call& call, const v1::RevokeRoleRequest& request,
              rpc::Reply<v1::Officer> reply);
  void List(const rpc::Call& call, const v1::ListOfficersRequest& request,
            rpc::Reply<v1::ListOfficersResponse> reply);

 private:
  absl::StatusOr<v1::Officer> GrantIn(kv::Txn& txn, const v1::GrantRoleRequest& request) const;
  // Also the sessions that it ended.
  absl::StatusOr<v1::Officer> RevokeIn(kv::Txn& txn, const v1::RevokeRoleRequest& request,
                                       std::vector<std::string>& ended) const;
  absl::StatusOr<v1::ListOfficersResponse> ListNow(const v1::ListOfficersRequest& request) const;

  const Environment& environment_;
};

}  // namespace eid::identity
