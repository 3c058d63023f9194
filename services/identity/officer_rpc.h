// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "eid/identity/v1/officer_service.grpc.pb.h"
#include "services/identity/officers.h"

namespace eid::identity {

// OfficerService on the wire. All outlive it.
class OfficerRpc final : public v1::OfficerService::CallbackService {
 public:
  OfficerRpc(Officers& officers, rpc::ReadPool& readers, const rpc::Pipeline& pipeline)
      : officers_(officers), readers_(readers), pipeline_(pipeline) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GrantRole(Context* context, const v1::GrantRoleRequest* request,
                     v1::Officer* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OfficerService/GrantRole", *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Officer> reply) {
                         officers_.Grant(call, *request, std::move(reply));
                       });
  }
  Reactor* RevokeRole(Context* context, const v1::RevokeRoleRequest* request,
                      v1::Officer* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OfficerService/RevokeRole", *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Officer> reply) {
                         officers_.Revoke(call, *request, std::move(reply));
                       });
  }
  Reactor* ListOfficers(Context* context, const v1::ListOfficersRequest* request,
                        v1::ListOfficersResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.identity.v1.OfficerService/ListOfficers", *context, response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListOfficersResponse> reply) {
          officers_.List(call, *request, std::move(reply));
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::OfficerService::service_full_name(),
                               &OfficerRpc::GrantRole, &OfficerRpc::RevokeRole,
                               &OfficerRpc::ListOfficers);
  }

 private:
  Officers& officers_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

}  // namespace eid::identity
