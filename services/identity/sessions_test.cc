// SPDX-License-Identifier: Apache-2.0
#include "services/identity/sessions.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/identity/store.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

using v1::Session;

const char kAn[] = "001190123456";
const char kTaxCode[] = "0100109106";

policy::v1::SigningKeySet KeysFor(Harness& world, rpc::Call call, bool forwarded) {
  call.forwarded = forwarded;
  return Value(Await<policy::v1::SigningKeySet>(
      [&](auto reply) { world.service().sessions().GetSigningKeys(call, std::move(reply)); }));
}

policy::v1::SigningKeySet KeysOf(Harness& world) {
  return KeysFor(world, rpc::testing::CallOfService("approval"), /*forwarded=*/false);
}

bool IsEnded(Harness& world, const std::string& session_id) {
  const auto keys = KeysOf(world);
  const auto& ended = keys.ended_sessions();
  return std::count(ended.begin(), ended.end(), session_id) > 0;
}

TEST_CASE("a refresh gives new tokens, and a lost answer is given again") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session login = world.LoginOf(an);
  world.clock.Advance(absl::Minutes(4));
  const Session first = Value(world.Refresh(login.refresh_token()));
  CHECK(first.session_id() == login.session_id());
  CHECK(first.refresh_token() != login.refresh_token());
  CHECK(FromTimestamp(first.refresh_expire_time()) == world.clock.TimeNow() + absl::Hours(1));
  CHECK(world.Introspect(first.access_token()).active());
  world.clock.Advance(absl::Seconds(10));
  const Session again = Value(world.Refresh(login.refresh_token()));
  CHECK(again.refresh_token() == first.refresh_token());
  CHECK(world.Introspect(again.access_token()).active());
  CHECK_OK(world.Refresh(first.refresh_token()));
}

TEST_CASE("a used refresh token that comes later ends the session") {
  const auto owner = Harness::OnDisk();
  Harness& world = *owner;
  const Person an = world.NewPerson(kAn);
  const Session login = world.LoginOf(an);
  const Session next = Value(world.Refresh(login.refresh_token()));
  SECTION("after ten seconds") { world.clock.Advance(absl::Seconds(11)); }
  SECTION("at once, when its successor was used") {
    REQUIRE_OK(world.Refresh(next.refresh_token()));
  }
  const absl::Status reused = world.Refresh(login.refresh_token()).status();
  CHECK(reused.code() == absl::StatusCode::kUnauthenticated);
  CHECK(HasReason(reused, v1::ERROR_REASON_REFRESH_TOKEN_REUSED));
  CHECK(HasReason(world.Refresh(next.refresh_token()).status(),
                  v1::ERROR_REASON_REFRESH_TOKEN_INVALID));
  CHECK_FALSE(world.Introspect(next.access_token()).active());
  CHECK(IsEnded(world, login.session_id()));
  world.Restart();
  CHECK(IsEnded(world, login.session_id()));
  CHECK_FALSE(world.Introspect(next.access_token()).active());
  world.clock.Advance(EndedSessions::kRemembered + absl::Seconds(1));
  CHECK_FALSE(IsEnded(world, login.session_id()));
}

TEST_CASE("a guessed refresh token is refused and harms nobody") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session login = world.LoginOf(an);
  const std::string guess = FormatRefreshToken(
      {.session_id = login.session_id(), .generation = 0, .secret = std::string(32, 'x')});
  for (const std::string& bad : {guess, std::string("nonsense"), login.access_token()}) {
    CHECK(HasReason(world.Refresh(bad).status(), v1::ERROR_REASON_REFRESH_TOKEN_INVALID));
    CHECK_OK(world.Revoke(bad == login.access_token() ? guess : bad));
  }
  CHECK_OK(world.Refresh(login.refresh_token()));
}

TEST_CASE("a session ends after an hour without refresh, and after a day in any case") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  SECTION("idle") {
    const Session login = world.LoginOf(an);
    world.clock.Advance(absl::Hours(1));
    CHECK(HasReason(world.Refresh(login.refresh_token()).status(),
                    v1::ERROR_REASON_REFRESH_TOKEN_INVALID));
  }
  SECTION("busy") {
    Session session = world.LoginOf(an);
    const absl::Time login = world.clock.TimeNow();
    for (int i = 0; i < 24; ++i) {
      world.clock.Advance(absl::Minutes(59));
      session = Value(world.Refresh(session.refresh_token()));
      CHECK(FromTimestamp(session.refresh_expire_time()) <= login + absl::Hours(24));
    }
    world.clock.SetTime(login + absl::Hours(24));
    CHECK_FALSE(world.Refresh(session.refresh_token()).ok());
    // And then its row goes.
    world.clock.Advance(absl::Hours(1));
    REQUIRE_OK(world.service().upkeep().RunOnce());
    CHECK_FALSE(
        Value(SessionTable().Has(*world.service().db().Read(), kv::KeyOf(session.session_id()))));
  }
  SECTION("an officer's sooner") {
    const Person officer = world.NewOfficer("001190123457", policy::v1::OFFICER_ROLE_REVIEWER);
    const Session login = world.LoginOf(officer);
    CHECK(FromTimestamp(login.refresh_expire_time()) == world.clock.TimeNow() + absl::Minutes(15));
    CHECK(world.CallWith(login.access_token()).HasRole(policy::v1::OFFICER_ROLE_REVIEWER));
  }
}

TEST_CASE("any token of a session ends it, and whether it was known is not told") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session login = world.LoginOf(an);
  const Session next = Value(world.Refresh(login.refresh_token()));
  const size_t which = GENERATE(0u, 1u, 2u, 3u);
  const std::string token =
      std::vector<std::string>{login.access_token(), next.access_token(), next.refresh_token(),
                               login.refresh_token()}[which];
  CHECK(world.Introspect(login.access_token()).active());
  CHECK_OK(world.Revoke(token));
  CHECK_OK(world.Revoke(token));
  CHECK_OK(world.Revoke("unknown"));
  CHECK_FALSE(world.Introspect(login.access_token()).active());
  CHECK_FALSE(world.Introspect(next.access_token()).active());
  CHECK_FALSE(VerifyToken(world.environment(), next.access_token()).ok());
  CHECK(IsEnded(world, login.session_id()));
  CHECK_FALSE(world.Refresh(next.refresh_token()).ok());
}

TEST_CASE("introspection knows what the token alone does not") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session session = world.LoginOf(an);
  const auto set_state = [&](v1::Account::State state) {
    world.Change([&](kv::Txn& txn) {
      AccountRow row = world.Row(an.account_id);
      row.mutable_account()->set_state(state);
      return PutAccount(txn, row);
    });
  };
  const v1::TokenInfo good = world.Introspect(session.access_token());
  CHECK(good.active());
  CHECK(good.claims().sub() == an.account_id);
  CHECK(world.Introspect(session.access_token()).active());
  set_state(v1::Account::STATE_LOCKED);
  const v1::TokenInfo locked = world.Introspect(session.access_token());
  CHECK_FALSE(locked.active());
  CHECK_FALSE(locked.has_claims());
  CHECK_FALSE(world.Refresh(session.refresh_token()).ok());
  set_state(v1::Account::STATE_ACTIVE);
  CHECK(world.Introspect(session.access_token()).active());
  CHECK_FALSE(world.Introspect("nonsense").active());
  CHECK_FALSE(world.Introspect(session.refresh_token()).active());
  world.clock.Advance(absl::Minutes(5));
  CHECK_FALSE(world.Introspect(session.access_token()).active());
}

TEST_CASE("a person learns of the own tokens only") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session session = world.LoginOf(an);
  v1::IntrospectTokenRequest request;
  request.set_token(session.access_token());
  const auto ask = [&](const std::string& account_id) {
    return Value(Await<v1::TokenInfo>([&](auto reply) {
             world.service().sessions().Introspect(rpc::testing::CallOfHolder(account_id), request,
                                                   std::move(reply));
           }))
        .active();
  };
  CHECK(ask(an.account_id));
  CHECK_FALSE(ask("stranger"));
}

TEST_CASE("one acts for an organization that is active and that one represents, by choice") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Person stranger = world.NewPerson("001190123457");
  const Session session = world.LoginOf(an);
  const rpc::Call call = world.CallWith(session.access_token());
  const auto organization = Value(world.Ensure(world.Grant("r-1", kTaxCode, an)));
  const std::string& id = organization.organization_id();
  CHECK(HasReason(world.ActAs(call, id).status(), v1::ERROR_REASON_ORGANIZATION_NOT_ACTIVE));
  REQUIRE_OK(world.ActivateOrganization(an, id));

  const Session acting = Value(world.ActAs(call, id));
  CHECK(acting.organization_id() == id);
  CHECK(acting.session_id() == session.session_id());
  CHECK(acting.refresh_token().empty());
  const auto claims = *world.CallWith(acting.access_token()).claims;
  CHECK(claims.principal() == policy::v1::PRINCIPAL_KIND_ORGANIZATION);
  CHECK(claims.organization_id() == id);
  CHECK(claims.mandate() == "STATUTORY");
  CHECK(world.Introspect(acting.access_token()).active());
  // The choice is the session's.
  const Session refreshed = Value(world.Refresh(session.refresh_token()));
  CHECK(refreshed.organization_id() == id);
  const Session self = Value(world.ActAs(call, ""));
  CHECK(self.organization_id().empty());
  CHECK(world.CallWith(self.access_token()).claims->mandate().empty());

  const rpc::Call others = world.CallWith(world.LoginOf(stranger).access_token());
  const absl::Status theirs = world.ActAs(others, id).status();
  CHECK(HasReason(theirs, v1::ERROR_REASON_ORGANIZATION_NOT_FOUND));
  CHECK(eid::testing::Describe(theirs) ==
        eid::testing::Describe(world.ActAs(others, "never").status()));
}

TEST_CASE("an organization that is locked has nobody acting for it") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Session session = world.LoginOf(an);
  const rpc::Call call = world.CallWith(session.access_token());
  const auto id = Value(world.Ensure(world.Grant("r-1", kTaxCode, an))).organization_id();
  REQUIRE_OK(world.ActivateOrganization(an, id));
  const Session acting = Value(world.ActAs(call, id));
  world.Change([&](kv::Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(auto row, FindOrganization(txn, id));
    row->mutable_organization()->set_state(v1::Organization::STATE_LOCKED);
    return PutOrganization(txn, *row);
  });
  CHECK_FALSE(world.Introspect(acting.access_token()).active());
  CHECK(world.Introspect(session.access_token()).active());
  CHECK(HasReason(world.ActAs(call, id).status(), v1::ERROR_REASON_ORGANIZATION_NOT_ACTIVE));
  CHECK(Value(world.Refresh(session.refresh_token())).organization_id().empty());
}

TEST_CASE("everybody learns the keys, only services which sessions have ended") {
  Harness world;
  const Session session = world.LoginOf(world.NewPerson(kAn));
  REQUIRE_OK(world.Revoke(session.access_token()));
  const rpc::Call gateway = rpc::testing::CallOfService("gateway");
  CHECK(KeysOf(world).ended_sessions_size() == 1);
  CHECK(KeysFor(world, gateway, false).ended_sessions_size() == 1);
  for (const auto& keys :
       {KeysFor(world, gateway, true), KeysFor(world, rpc::testing::CallOfPublic(), false)}) {
    CHECK(keys.keys_size() > 0);
    CHECK(keys.ended_sessions().empty());
  }
}

}  // namespace
}  // namespace eid::identity::testing
