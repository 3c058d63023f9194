// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "eid/identity/v1/account_service.grpc.pb.h"
#include "services/identity/accounts.h"

namespace eid::identity {

// AccountService on the wire. All outlive it.
class AccountRpc final : public v1::AccountService::CallbackService {
 public:
  AccountRpc(Accounts& accounts, rpc::ReadPool& readers, const rpc::Pipeline& pipeline)
      : accounts_(accounts), readers_(readers), pipeline_(pipeline) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* EnrollAccount(Context* context, const v1::EnrollAccountRequest* request,
                         v1::Account* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AccountService/EnrollAccount", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Account> reply) {
                         accounts_.Enroll(call, *request, std::move(reply));
                       });
  }
  Reactor* ActivateAccount(Context* context, const v1::ActivateAccountRequest* request,
                           v1::Account* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AccountService/ActivateAccount", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Account> reply) {
                         accounts_.Activate(call, *request, std::move(reply));
                       });
  }
  Reactor* GetAccount(Context* context, const v1::GetAccountRequest* request,
                      v1::Account* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AccountService/GetAccount", *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Account> reply) {
                         accounts_.Get(call, *request, std::move(reply));
                       });
  }
  Reactor* ListAccounts(Context* context, const v1::ListAccountsRequest* request,
                        v1::ListAccountsResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.identity.v1.AccountService/ListAccounts", *context, response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListAccountsResponse> reply) {
          accounts_.List(call, *request, std::move(reply));
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::AccountService::service_full_name(),
                               &AccountRpc::EnrollAccount, &AccountRpc::ActivateAccount,
                               &AccountRpc::GetAccount, &AccountRpc::ListAccounts);
  }

 private:
  Accounts& accounts_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

}  // namespace eid::identity
