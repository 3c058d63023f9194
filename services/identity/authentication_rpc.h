// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "eid/identity/v1/authentication_service.grpc.pb.h"
#include "services/identity/challenges.h"
#include "services/identity/logins.h"
#include "services/identity/sessions.h"

namespace eid::identity {

// AuthenticationService on the wire. All outlive it.
class AuthenticationRpc final : public v1::AuthenticationService::CallbackService {
 public:
  AuthenticationRpc(Challenges& challenges, Logins& logins, Sessions& sessions,
                    const rpc::Pipeline& pipeline)
      : challenges_(challenges), logins_(logins), sessions_(sessions), pipeline_(pipeline) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateChallenge(Context* context, const v1::CreateChallengeRequest* request,
                           v1::Challenge* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/CreateChallenge",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Challenge> reply) {
                         challenges_.Create(call, *request, std::move(reply));
                       });
  }
  Reactor* Login(Context* context, const v1::LoginRequest* request,
                 v1::Session* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/Login", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Session> reply) {
                         logins_.Login(call, *request, std::move(reply));
                       });
  }
  Reactor* StepUp(Context* context, const v1::StepUpRequest* request,
                  v1::Session* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/StepUp", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Session> reply) {
                         logins_.StepUp(call, *request, std::move(reply));
                       });
  }
  Reactor* ActAs(Context* context, const v1::ActAsRequest* request,
                 v1::Session* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/ActAs", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Session> reply) {
                         sessions_.ActAs(call, *request, std::move(reply));
                       });
  }
  Reactor* RefreshToken(Context* context, const v1::RefreshTokenRequest* request,
                        v1::Session* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/RefreshToken", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Session> reply) {
                         sessions_.Refresh(call, *request, std::move(reply));
                       });
  }
  Reactor* RevokeToken(Context* context, const v1::RevokeTokenRequest* request,
                       v1::RevokeTokenResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/RevokeToken", *context,
                       response,
                       [&](const rpc::Call& call, rpc::Reply<v1::RevokeTokenResponse> reply) {
                         sessions_.Revoke(call, *request, std::move(reply));
                       });
  }
  Reactor* IntrospectToken(Context* context, const v1::IntrospectTokenRequest* request,
                           v1::TokenInfo* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/IntrospectToken",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::TokenInfo> reply) {
                         sessions_.Introspect(call, *request, std::move(reply));
                       });
  }
  Reactor* GetSigningKeys(Context* context, const v1::GetSigningKeysRequest*,
                          policy::v1::SigningKeySet* response) override {
    return rpc::Handle(pipeline_, "/eid.identity.v1.AuthenticationService/GetSigningKeys", *context,
                       response,
                       [&](const rpc::Call& call, rpc::Reply<policy::v1::SigningKeySet> reply) {
                         sessions_.GetSigningKeys(call, std::move(reply));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(
        *this, v1::AuthenticationService::service_full_name(), &AuthenticationRpc::CreateChallenge,
        &AuthenticationRpc::Login, &AuthenticationRpc::StepUp, &AuthenticationRpc::ActAs,
        &AuthenticationRpc::RefreshToken, &AuthenticationRpc::RevokeToken,
        &AuthenticationRpc::IntrospectToken, &AuthenticationRpc::GetSigningKeys);
  }

 private:
  Challenges& challenges_;
  Logins& logins_;
  Sessions& sessions_;
  const rpc::Pipeline& pipeline_;
};

}  // namespace eid::identity
