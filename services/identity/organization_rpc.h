// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "eid/identity/v1/organization_service.grpc.pb.h"
#include "services/identity/organizations.h"

namespace eid::identity {

// OrganizationService on the wire. All outlive it.
class OrganizationRpc final : public v1::OrganizationService::CallbackService {
 public:
  OrganizationRpc(Organizations& organizations, rpc::ReadPool& readers,
                  const rpc::Pipeline& pipeline)
      : organizations_(organizations), readers_(readers), pipeline_(pipeline) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GetOrganization(Context* context, const v1::GetOrganizationRequest* request,
                           v1::Organization* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OrganizationService/GetOrganization", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Organization> reply) {
                         organizations_.Get(call, *request, std::move(reply));
                       });
  }
  Reactor* ListOrganizations(Context* context, const v1::ListOrganizationsRequest* request,
                             v1::ListOrganizationsResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.identity.v1.OrganizationService/ListOrganizations", *context,
        response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListOrganizationsResponse> reply) {
          organizations_.List(call, *request, std::move(reply));
        });
  }
  Reactor* ActivateOrganization(Context* context, const v1::ActivateOrganizationRequest* request,
                                v1::Organization* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OrganizationService/ActivateOrganization",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Organization> reply) {
                         organizations_.Activate(call, *request, std::move(reply));
                       });
  }
  Reactor* ReopenActivation(Context* context, const v1::ReopenActivationRequest* request,
                            v1::Organization* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OrganizationService/ReopenActivation", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Organization> reply) {
                         organizations_.Reopen(call, *request, std::move(reply));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(
        *this, v1::OrganizationService::service_full_name(), &OrganizationRpc::GetOrganization,
        &OrganizationRpc::ListOrganizations, &OrganizationRpc::ActivateOrganization,
        &OrganizationRpc::ReopenActivation);
  }

 private:
  Organizations& organizations_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

// OrganizationIntakeService on the wire. All outlive it.
class OrganizationIntakeRpc final : public v1::OrganizationIntakeService::CallbackService {
 public:
  OrganizationIntakeRpc(Organizations& organizations, const rpc::Pipeline& pipeline)
      : organizations_(organizations), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* EnsureOrganization(grpc::CallbackServerContext* context,
                                               const v1::EnsureOrganizationRequest* request,
                                               v1::Organization* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.OrganizationIntakeService/EnsureOrganization",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Organization> reply) {
                         organizations_.Ensure(call, *request, std::move(reply));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::OrganizationIntakeService::service_full_name(),
                               &OrganizationIntakeRpc::EnsureOrganization);
  }

 private:
  Organizations& organizations_;
  const rpc::Pipeline& pipeline_;
};

}  // namespace eid::identity
