// SPDX-License-Identifier: Apache-2.0
// Identity on the wire: its own tokens, its policies, its errors.
#include <grpcpp/grpcpp.h>

#include "common/rpc/testing/wire.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/testing/harness.h"
#include "services/identity/wire_rpc.h"

namespace eid::identity::testing {
namespace {

using rpc::FromGrpc;

struct World : Harness {
  World() { pipeline.set_assumed_peer_for_tests("org_registration"); }

  // A call with this token.
  static std::unique_ptr<grpc::ClientContext> With(const std::string& token) {
    rpc::Call call;
    call.token = token;
    return rpc::testing::ContextOf(call);
  }

  static std::vector<std::string> LinkedServiceNames() {
    // Descriptors are there only for what is used.
    admin::v1::Info::descriptor();
    return ServiceNames();
  }

  rpc::PolicyMap policies = Value(rpc::PolicyMap::Build(LinkedServiceNames()));
  rpc::Pipeline pipeline = PipelineOf(
      service(), policies,
      rpc::CallerList().Allow("eid.identity.v1.OrganizationIntakeService", "org_registration"));
  Wire wire{service(), pipeline};
  rpc::ProgramInfo info{"identity", policies, Clock::Real()};
  rpc::AdminRpc admin{info, pipeline};
  rpc::testing::InProcess server{wire.services(admin)};
  std::unique_ptr<v1::AuthenticationService::Stub> authentication =
      v1::AuthenticationService::NewStub(server.channel());
  std::unique_ptr<v1::AccountService::Stub> accounts =
      v1::AccountService::NewStub(server.channel());
  std::unique_ptr<v1::OfficerService::Stub> officers =
      v1::OfficerService::NewStub(server.channel());
  std::unique_ptr<v1::OrganizationIntakeService::Stub> intake =
      v1::OrganizationIntakeService::NewStub(server.channel());
};

// The real clock: what the wire counts deadlines by.
TEST_CASE("a person logs in over the wire, and the token is good until the session ends") {
  World world;
  world.clock.SetTime(Clock::Real().TimeNow());
  const Person an = world.NewPerson("001190123456");
  v1::LoginRequest login;
  login.set_personal_id(an.personal_id);
  login.add_factors()->set_password(an.password);
  v1::Session session;
  REQUIRE_OK(FromGrpc(world.authentication->Login(World::With("").get(), login, &session)));
  v1::Account account;
  REQUIRE_OK(FromGrpc(world.accounts->GetAccount(World::With(session.access_token()).get(),
                                                 v1::GetAccountRequest(), &account)));
  CHECK(account.personal_id() == an.personal_id);
  // One factor is not two, and no role is no role.
  v1::ActAsRequest act;
  const absl::Status low = FromGrpc(
      world.authentication->ActAs(World::With(session.access_token()).get(), act, &session));
  CHECK(HasReason(low, policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW));
  v1::Officer officer;
  CHECK(FromGrpc(world.officers->GrantRole(World::With(session.access_token()).get(),
                                           v1::GrantRoleRequest(), &officer))
            .code() == absl::StatusCode::kPermissionDenied);

  v1::RevokeTokenRequest revoke;
  revoke.set_token(session.access_token());
  v1::RevokeTokenResponse revoked;
  REQUIRE_OK(FromGrpc(world.authentication->RevokeToken(World::With("").get(), revoke, &revoked)));
  const absl::Status over = FromGrpc(world.accounts->GetAccount(
      World::With(session.access_token()).get(), v1::GetAccountRequest(), &account));
  CHECK(over.code() == absl::StatusCode::kUnauthenticated);
  CHECK(HasReason(over, policy::v1::COMMON_REASON_UNAUTHENTICATED));
}

TEST_CASE("errors carry their reason and their Vietnamese sentence") {
  World world;
  world.clock.SetTime(Clock::Real().TimeNow());
  v1::LoginRequest login;
  v1::Session session;
  const absl::Status empty =
      FromGrpc(world.authentication->Login(World::With("").get(), login, &session));
  CHECK(empty.code() == absl::StatusCode::kInvalidArgument);
  CHECK(DetailOf<google::rpc::BadRequest>(empty)->field_violations_size() == 2);
  login.set_personal_id("001190123456");
  login.add_factors()->set_password("Mat-khau-1!");
  const absl::Status wrong =
      FromGrpc(world.authentication->Login(World::With("").get(), login, &session));
  CHECK(wrong.code() == absl::StatusCode::kUnauthenticated);
  CHECK(HasReason(wrong, v1::ERROR_REASON_INVALID_CREDENTIALS));
  CHECK(DetailOf<google::rpc::LocalizedMessage>(wrong)->message() ==
        "Thông tin đăng nhập không đúng.");
}

TEST_CASE("the intake is for the registration service alone") {
  World world;
  world.clock.SetTime(Clock::Real().TimeNow());
  const Person an = world.NewPerson("001190123456");
  v1::Organization organization;
  const auto request = world.Grant("r-1", "0100109106", an);
  CHECK_OK(
      FromGrpc(world.intake->EnsureOrganization(World::With("").get(), request, &organization)));
  CHECK(organization.state() == v1::Organization::STATE_GRANTED);
  world.pipeline.set_assumed_peer_for_tests("gateway");
  CHECK(FromGrpc(world.intake->EnsureOrganization(World::With("").get(), request, &organization))
            .code() == absl::StatusCode::kPermissionDenied);
}

TEST_CASE("the gateway learns which sessions have ended when it asks for itself, not for others") {
  World world;
  world.clock.SetTime(Clock::Real().TimeNow());
  world.pipeline.set_assumed_peer_for_tests("gateway");
  const v1::Session session = world.LoginOf(world.NewPerson("001190123456"));
  REQUIRE_OK(world.Revoke(session.access_token()));
  const auto ended = [&](bool forwarded) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + absl::Seconds(10)));
    if (forwarded) context.AddMetadata("x-eid-client", "198.51.100.9");
    policy::v1::SigningKeySet keys;
    REQUIRE_OK(FromGrpc(
        world.authentication->GetSigningKeys(&context, v1::GetSigningKeysRequest(), &keys)));
    CHECK(keys.keys_size() > 0);
    return keys.ended_sessions_size();
  };
  CHECK(ended(false) == 1);
  CHECK(ended(true) == 0);
}

}  // namespace
}  // namespace eid::identity::testing
