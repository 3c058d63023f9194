// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/rpc/admin_rpc.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/policy.h"
#include "eid/admin/v1/admin_service.grpc.pb.h"
#include "services/identity/account_rpc.h"
#include "services/identity/authentication_rpc.h"
#include "services/identity/identity.h"
#include "services/identity/officer_rpc.h"
#include "services/identity/organization_rpc.h"

namespace eid::identity {

// The gRPC services of this program.
inline std::vector<std::string> ServiceNames() {
  return {v1::AuthenticationService::service_full_name(),
          v1::AccountService::service_full_name(),
          v1::OrganizationService::service_full_name(),
          v1::OrganizationIntakeService::service_full_name(),
          v1::OfficerService::service_full_name(),
          admin::v1::AdminService::service_full_name()};
}

// Tokens are checked here with the keys themselves. All arguments outlive the result.
inline rpc::Pipeline PipelineOf(const Identity& identity, const rpc::PolicyMap& policies,
                                rpc::CallerList callers) {
  const Environment& environment = identity.environment();
  return rpc::ServicePipeline(
      {.policies = policies,
       .verify =
           [&environment](absl::string_view token) { return VerifyToken(environment, token); },
       .callers = std::move(callers),
       .clock = environment.clock});
}

// All of identity's own services. Both outlive it.
class Wire {
 public:
  Wire(Identity& identity, const rpc::Pipeline& pipeline)
      : authentication_(identity.challenges(), identity.logins(), identity.sessions(), pipeline),
        accounts_(identity.accounts(), readers_, pipeline),
        organizations_(identity.organizations(), readers_, pipeline),
        intake_(identity.organizations(), pipeline),
        officers_(identity.officers(), readers_, pipeline) {}

  // These, and the given one.
  std::vector<grpc::Service*> services(rpc::AdminRpc& admin) {
    return {&authentication_, &accounts_, &organizations_, &intake_, &officers_, &admin};
  }

  std::vector<std::vector<rpc::UnaryMethod>> unary_methods(rpc::AdminRpc& admin) {
    return {authentication_.unary_methods(), accounts_.unary_methods(),
            organizations_.unary_methods(),  intake_.unary_methods(),
            officers_.unary_methods(),       admin.unary_methods()};
  }

 private:
  rpc::ReadPool readers_;
  AuthenticationRpc authentication_;
  AccountRpc accounts_;
  OrganizationRpc organizations_;
  OrganizationIntakeRpc intake_;
  OfficerRpc officers_;
};

}  // namespace eid::identity
