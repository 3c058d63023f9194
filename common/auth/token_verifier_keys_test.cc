// SPDX-License-Identifier: Apache-2.0
// What a verifier remembers, and what keys and ended sessions change about it.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/testing/token_forge.h"
#include "common/auth/token.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"

namespace eid::auth {
namespace {

using policy::v1::AccessClaims;
using policy::v1::SigningKeySet;

struct Fixture {
  FakeClock clock;
  TokenForge forge{clock};
  TokenVerifier verifier{clock};
  Fixture() { verifier.SetKeys(forge.Keys()); }

  // "" if the token is taken, else the reason.
  std::string Reason(absl::string_view token) const {
    return ReasonOf(verifier.Verify(token).status());
  }
};

TEST_CASE("a remembered token ends on time, with its session, and with its key") {
  Fixture f;
  const std::string token = f.forge.Token();
  REQUIRE(f.Reason(token) == "");
  REQUIRE(f.Reason(token) == "");

  SECTION("time") {
    f.clock.Advance(absl::Seconds(299));
    CHECK(f.Reason(token) == "");
    f.clock.Advance(absl::Seconds(1));
    CHECK(f.Reason(token) == "TOKEN_EXPIRED");
  }
  SECTION("session") {
    SigningKeySet keys = f.forge.Keys();
    keys.add_ended_sessions("session-1");
    f.verifier.SetKeys(keys);
    CHECK(f.Reason(token) == "UNAUTHENTICATED");
    AccessClaims other;
    other.set_sid("session-2");
    CHECK(f.Reason(f.forge.Token(other)) == "");
    f.verifier.SetKeys(f.forge.Keys());
    CHECK(f.Reason(token) == "");
  }
  SECTION("key replaced under its name") {
    f.verifier.SetKeys(TokenForge(f.clock).Keys());
    CHECK(f.Reason(token) == "UNAUTHENTICATED");
  }
  SECTION("key withdrawn") {
    f.verifier.SetKeys(TokenForge(f.clock, "key-2").Keys());
    CHECK(f.Reason(token) == "UNAUTHENTICATED");
    CHECK(TokenVerifier::IsUnknownKey(f.verifier.Verify(token).status()));
  }
  SECTION("key retired") {
    SigningKeySet keys = f.forge.Keys();
    const int64_t exp = f.forge.Claims().exp();
    keys.mutable_keys(0)->set_retire_time(exp);
    f.verifier.SetKeys(keys);
    CHECK(f.Reason(token) == "");
    keys.mutable_keys(0)->set_retire_time(exp - 1);
    f.verifier.SetKeys(keys);
    CHECK(f.Reason(token) == "UNAUTHENTICATED");
  }
}

TEST_CASE("a small memory forgets, and verifies again") {
  FakeClock clock;
  TokenForge forge(clock);
  TokenVerifier verifier(clock, 2);
  verifier.SetKeys(forge.Keys());
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    AccessClaims wanted;
    wanted.set_jti(absl::StrCat("token-", i));
    tokens.push_back(forge.Token(wanted));
  }
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 8; ++i) {
      CHECK(testing::Value(verifier.Verify(tokens[i]))->jti() == absl::StrCat("token-", i));
    }
  }
}

TEST_CASE("without keys nothing can be told, and that is said") {
  FakeClock clock;
  TokenForge forge(clock);
  TokenVerifier verifier(clock);
  CHECK_FALSE(verifier.has_keys());
  const auto claims = verifier.Verify(forge.Token());
  CHECK(claims.status().code() == absl::StatusCode::kUnavailable);
  CHECK(ReasonOf(claims.status()) == "PEER_UNAVAILABLE");
  CHECK(DetailOf<google::rpc::RetryInfo>(claims.status()).has_value());
  verifier.SetKeys(forge.Keys());
  CHECK(verifier.has_keys());
  CHECK_OK(verifier.Verify(forge.Token()));
  verifier.SetKeys({});
  CHECK_FALSE(verifier.has_keys());
  CHECK_FALSE(verifier.Verify(forge.Token()).ok());
}

TEST_CASE("two keys at once, as while they are being changed") {
  FakeClock clock;
  TokenForge old_one(clock, "old"), new_one(clock, "new");
  TokenVerifier verifier(clock);
  SigningKeySet keys = old_one.Keys();
  keys.MergeFrom(new_one.Keys());
  verifier.SetKeys(keys);
  CHECK_OK(verifier.Verify(old_one.Token()));
  CHECK_OK(verifier.Verify(new_one.Token()));
}

TEST_CASE("unusable keys are left out, the others serve") {
  FakeClock clock;
  TokenForge forge(clock);
  SigningKeySet keys;
  keys.add_keys()->set_key_id("empty");
  keys.add_keys()->set_key_id("ed25519");
  keys.mutable_keys(1)->set_public_key(
      crypto::PrivateKey::Generate(crypto::Algorithm::kEd25519).Public().Spki());
  *keys.add_keys() = forge.Keys().keys(0);
  keys.mutable_keys(2)->clear_key_id();
  TokenVerifier verifier(clock);
  verifier.SetKeys(keys);
  CHECK_FALSE(verifier.has_keys());
  keys.MergeFrom(forge.Keys());
  keys.MergeFrom(TokenForge(clock).Keys());  // The same name again: the first one counts.
  verifier.SetKeys(keys);
  CHECK(verifier.has_keys());
  CHECK_OK(verifier.Verify(forge.Token()));
}

}  // namespace
}  // namespace eid::auth
