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

namespace eid::auth {
namespace {

using policy::v1::AccessClaims;

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
  CHECK(claims->sub() == "account-9");
  CHECK(claims->sid() == "session-1");
  CHECK(claims->roles_size() == 1);
  CHECK(claims->exp() == absl::ToUnixSeconds(f.clock.TimeNow()) + 300);
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
           "{}",
           "",
           "null",
           "[]",
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
