// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/auth/claims.h"
#include "common/auth/testing/token_forge.h"
#include "common/auth/token.h"
#include "common/crypto/digest.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
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
    const auto claims = verifier.Verify(token);
    if (claims.ok()) return "";
    CHECK(claims.status().code() == absl::StatusCode::kUnauthenticated);
    return ReasonOf(claims.status());
  }
};

constexpr char kHeader[] = R"({"alg":"ES256","typ":"at+jwt","kid":"key-1"})";

TEST_CASE("a genuine token is taken and tells its claims") {
  Fixture f;
  AccessClaims wanted;
  wanted.set_sub("account-9");
  wanted.add_roles(policy::v1::OFFICER_ROLE_APPROVER);
  const auto claims = testing::Value(f.verifier.Verify(f.forge.Token(wanted)));
  CHECK(claims.sub() == "account-9");
  CHECK(claims.sid() == "session-1");
  CHECK(claims.roles_size() == 1);
  CHECK(claims.exp() == absl::ToUnixSeconds(f.clock.TimeNow()) + 300);
}

TEST_CASE("a signed token with another header is refused") {
  Fixture f;
  const std::string claims = ToJson(f.forge.Claims());
  REQUIRE(f.Reason(f.forge.Raw(kHeader, claims)) == "");
  for (const char* header : {
           R"({"alg":"none","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"None","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"HS256","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"RS256","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"ES384","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"es256","typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"EdDSA","typ":"at+jwt","kid":"key-1"})",
           R"({"typ":"at+jwt","kid":"key-1"})",
           R"({"alg":"ES256","typ":"JWT","kid":"key-1"})",
           R"({"alg":"ES256","typ":"application/at+jwt","kid":"key-1"})",
           R"({"alg":"ES256","kid":"key-1"})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-2"})",
           R"({"alg":"ES256","typ":"at+jwt","kid":""})",
           R"({"alg":"ES256","typ":"at+jwt"})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","jku":"https://example.com/k"})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","x5u":"https://example.com/k"})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","x5c":["MII"]})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","jwk":{"kty":"EC"}})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","crit":["exp"],"exp":1})",
           R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","b64":false})",
           "{}", "", "null", "[]",
       }) {
    INFO(header);
    CHECK(f.Reason(f.forge.Raw(header, claims)) == "UNAUTHENTICATED");
  }
}

TEST_CASE("an altered token is refused") {
  Fixture f;
  const std::string good = f.forge.Token();
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  const auto join = [](std::vector<std::string> p) { return absl::StrJoin(p, "."); };
  AccessClaims more = f.forge.Claims();
  more.add_roles(policy::v1::OFFICER_ROLE_APPROVER);
  const std::string altered_claims = crypto::Base64UrlEncode(ToJson(more));
  const std::string none =
      crypto::Base64UrlEncode(absl::StrReplaceAll(kHeader, {{"ES256", "none"}}));
  const std::string hs256 =
      crypto::Base64UrlEncode(absl::StrReplaceAll(kHeader, {{"ES256", "HS256"}}));
  // The public key as an HMAC key: what a verifier would fall for that lets the token choose.
  const std::string mac = crypto::Base64UrlEncode(
      crypto::HmacSha256(f.forge.key().Public().Spki(), join({hs256, parts[1]})));
  std::string spare_bits = good;  // 64 bytes leave four spare bits in the last character.
  spare_bits.back() = spare_bits.back() == 'A' ? 'B' : static_cast<char>(spare_bits.back() + 1);
  TokenForge stranger(f.clock);

  const std::string cases[] = {
      "",
      ".",
      "..",
      "...",
      "token",
      join({parts[0], altered_claims, parts[2]}),
      join({none, altered_claims, ""}),
      join({none, parts[1], parts[2]}),
      join({hs256, parts[1], mac}),
      join({parts[0], parts[1]}),
      join({parts[0], parts[1], ""}),
      join({parts[0], "", parts[2]}),
      join({"", parts[1], parts[2]}),
      good + ".",
      "." + good,
      good + "." + parts[2],
      good.substr(0, good.size() - 1),
      good + "=",
      good + " ",
      " " + good,
      good + std::string(1, '\0'),
      spare_bits,
      absl::StrReplaceAll(good, {{".", " "}}),
      stranger.Token(),
      join({parts[0], parts[1], crypto::Base64UrlEncode(std::string(64, '\0'))}),
      std::string(kMaxTokenBytes + 1, 'a'),
      std::string(kMaxTokenBytes, '.'),
  };
  for (const std::string& token : cases) {
    INFO(token.substr(0, 1000));
    CHECK(f.Reason(token) == "UNAUTHENTICATED");
  }
  CHECK(f.Reason(good) == "");
}

TEST_CASE("no single altered character is taken") {
  Fixture f;
  const std::string good = f.forge.Token();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string altered = good;
    altered[i] = altered[i] == 'x' ? 'y' : 'x';
    REQUIRE(f.Reason(altered) == "UNAUTHENTICATED");
  }
}

TEST_CASE("signed claims that break a rule are refused") {
  Fixture f;
  const auto with = [&](const std::function<void(AccessClaims&)>& change) {
    AccessClaims claims = f.forge.Claims();
    change(claims);
    return f.Reason(f.forge.Raw(kHeader, ToJson(claims)));
  };
  CHECK(with([](AccessClaims&) {}) == "");
  CHECK(with([](AccessClaims& c) { c.set_iss("other"); }) == "UNAUTHENTICATED");
  CHECK(with([](AccessClaims& c) { c.set_aud("other"); }) == "UNAUTHENTICATED");
  CHECK(with([](AccessClaims& c) { c.clear_sid(); }) == "UNAUTHENTICATED");
  CHECK(with([](AccessClaims& c) { c.set_exp(c.iat() + 301); }) == "UNAUTHENTICATED");
  for (const char* payload : {"", "null", "[]", "{}", "{\"exp\":1", "\xff"}) {
    CHECK(f.Reason(f.forge.Raw(kHeader, payload)) == "UNAUTHENTICATED");
  }
}

TEST_CASE("the time of a token") {
  struct Case {
    const char* what;
    int64_t iat, nbf, exp;  // Seconds from now.
    const char* reason;
  };
  const Case cases[] = {
      {"just made", 0, 0, 300, ""},
      {"last second", -299, -299, 1, ""},
      {"over", -300, -300, 0, "TOKEN_EXPIRED"},
      {"long over", -3000, -3000, -2700, "TOKEN_EXPIRED"},
      {"our clock is behind", 30, 30, 60, ""},
      {"not before is too late", 0, 31, 60, "UNAUTHENTICATED"},
      {"made in the future", 31, 0, 60, "UNAUTHENTICATED"},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    Fixture f;
    const int64_t now = absl::ToUnixSeconds(f.clock.TimeNow());
    AccessClaims wanted;
    wanted.set_iat(now + c.iat);
    wanted.set_nbf(now + c.nbf);
    wanted.set_exp(now + c.exp);
    CHECK(f.Reason(f.forge.Token(wanted)) == c.reason);
  }
}

TEST_CASE("only a genuine token is told that it expired") {
  Fixture f;
  const std::string token = f.forge.Token();
  const std::string strange = TokenForge(f.clock).Token();
  f.clock.Advance(absl::Hours(1));
  CHECK(f.Reason(token) == "TOKEN_EXPIRED");
  CHECK(f.Reason(strange) == "UNAUTHENTICATED");
}

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
      CHECK(testing::Value(verifier.Verify(tokens[i])).jti() == absl::StrCat("token-", i));
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

TEST_CASE("an error tells why, and nothing of the token") {
  Fixture f;
  AccessClaims wanted;
  wanted.set_sub("012345678901");
  std::string token = f.forge.Token(wanted);
  token[token.size() - 10] = token[token.size() - 10] == 'x' ? 'y' : 'x';
  const absl::Status status = f.verifier.Verify(token).status();
  CHECK(status.message() == "The access token is refused: its signature is wrong. Log in.");
  CHECK_FALSE(TokenVerifier::IsUnknownKey(status));
  CHECK_FALSE(TokenVerifier::IsUnknownKey(absl::OkStatus()));
}

}  // namespace
}  // namespace eid::auth
