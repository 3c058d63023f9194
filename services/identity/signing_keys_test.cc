// SPDX-License-Identifier: Apache-2.0
#include "services/identity/signing_keys.h"

#include <cstdio>
#include <filesystem>

#include "common/clock/timestamp.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"

namespace eid::identity {
namespace {

using eid::testing::Value;

struct World {
  FakeClock clock;
  TemporaryFolder folder;
  std::unique_ptr<kv::Database> db =
      Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  KeyTimes times;
  std::unique_ptr<SigningKeys> keys = Open();
  auth::TokenVerifier verifier{clock};

  std::unique_ptr<SigningKeys> Open() {
    return Value(SigningKeys::Open(*db, clock, folder.path(), times));
  }
  std::string Token() {
    policy::v1::AccessClaims claims;
    claims.set_sub("account-1");
    claims.set_sid("session-1");
    claims.set_jti("token-1");
    claims.set_iat(absl::ToUnixSeconds(clock.TimeNow()));
    claims.set_exp(claims.iat() + 300);
    claims.set_account_level(2);
    claims.set_authentication_level(2);
    claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
    return Value(keys->Sign(claims));
  }
  bool IsGood(const std::string& token) {
    verifier.SetKeys(keys->PublicKeys());
    return verifier.Verify(token).ok();
  }
};

TEST_CASE("the first key signs at once, and survives a restart") {
  World world;
  CHECK(world.keys->PublicKeys().keys_size() == 1);
  CHECK(world.keys->PublicKeys().keys(0).retire_time() == 0);
  const std::string token = world.Token();
  CHECK(world.IsGood(token));
  const std::string before = world.keys->PublicKeys().SerializeAsString();
  world.keys = world.Open();
  CHECK(world.keys->PublicKeys().SerializeAsString() == before);
  CHECK(world.IsGood(token));
  CHECK(world.IsGood(world.Token()));
}

TEST_CASE("a new key is shown before it signs, the old one until its last token has expired") {
  World world;
  const auto tick = [&](absl::Duration by) {
    world.clock.Advance(by);
    REQUIRE_OK(world.keys->Tick());
  };
  const std::string first = world.keys->PublicKeys().keys(0).key_id();
  tick(world.times.period - world.times.lead - absl::Seconds(1));
  CHECK(world.keys->PublicKeys().keys_size() == 1);
  tick(absl::Seconds(1));
  const auto both = world.keys->PublicKeys();
  REQUIRE(both.keys_size() == 2);
  // Whoever follows the keys knows the second before anything is signed with it.
  auth::TokenVerifier follower(world.clock);
  follower.SetKeys(both);
  const auto header_of = [](const std::string& token) { return token.substr(0, token.find('.')); };
  const std::string with_first = header_of(world.Token());
  tick(world.times.lead - absl::Seconds(1));
  const std::string last_of_first = world.Token();
  CHECK(header_of(last_of_first) == with_first);
  tick(absl::Seconds(1));
  const std::string second_token = world.Token();
  CHECK(header_of(second_token) != with_first);
  CHECK_OK(follower.Verify(second_token));
  CHECK_OK(follower.Verify(last_of_first));
  CHECK(world.IsGood(last_of_first));
  // Only a token that the first key had no right to sign any more is refused for its time.
  CHECK(both.keys(0).retire_time() >=
        absl::ToUnixSeconds(world.clock.TimeNow()) + auth::kMaxLifeSeconds);
  tick(absl::Seconds(auth::kMaxLifeSeconds) - absl::Seconds(2));
  CHECK(world.IsGood(last_of_first));
  tick(absl::Minutes(2));
  REQUIRE(world.keys->PublicKeys().keys_size() == 1);
  CHECK(world.keys->PublicKeys().keys(0).key_id() != first);
  CHECK_FALSE(std::filesystem::exists(world.folder / (first + ".pem")));
  CHECK(world.IsGood(world.Token()));
}

TEST_CASE("after a long sleep the next key still is shown first") {
  World world;
  world.clock.Advance(world.times.period * 3);
  world.keys = world.Open();
  const auto set = world.keys->PublicKeys();
  REQUIRE(set.keys_size() == 2);
  const std::string token = world.Token();
  auth::TokenVerifier follower(world.clock);
  policy::v1::SigningKeySet old;
  *old.add_keys() = set.keys(0);
  follower.SetKeys(old);
  CHECK_OK(follower.Verify(token));
}

TEST_CASE("a key that lost its file is followed by a new one at once, and verifies to its end") {
  World world;
  const std::string token = world.Token();
  const std::string id = world.keys->PublicKeys().keys(0).key_id();
  std::filesystem::remove(world.folder / (id + ".pem"));
  world.keys = world.Open();
  CHECK(world.keys->PublicKeys().keys_size() == 2);
  CHECK(world.IsGood(token));
  CHECK(world.IsGood(world.Token()));
}

TEST_CASE("a key that is lost while the next one waits does not shorten the next one's time") {
  World world;
  world.clock.Advance(world.times.period - world.times.lead);
  REQUIRE_OK(world.keys->Tick());
  REQUIRE(world.keys->PublicKeys().keys_size() == 2);
  std::filesystem::remove(world.folder / (world.keys->PublicKeys().keys(0).key_id() + ".pem"));
  const std::string coming = world.keys->PublicKeys().keys(1).key_id();
  world.keys = world.Open();
  const auto set = world.keys->PublicKeys();
  REQUIRE(set.keys_size() == 3);
  CHECK(set.keys(2).key_id() == coming);
  CHECK(set.keys(2).retire_time() == 0);
  CHECK(world.IsGood(world.Token()));
  world.clock.Advance(world.times.lead);
  const std::string token = world.Token();
  CHECK(world.IsGood(token));
  world.clock.Advance(absl::Minutes(4));
  CHECK(world.IsGood(token));
}

TEST_CASE("a key file that others may read stops the service") {
  World world;
  const std::string id = world.keys->PublicKeys().keys(0).key_id();
  std::filesystem::permissions(world.folder / (id + ".pem"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  CHECK(
      SigningKeys::Open(*world.db, world.clock, world.folder.path(), world.times).status().code() ==
      absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace eid::identity
