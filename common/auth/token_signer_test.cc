// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "absl/strings/str_split.h"
#include "common/auth/testing/token_forge.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "google/protobuf/util/message_differencer.h"

namespace eid::auth {
namespace {

using crypto::Algorithm;
using crypto::PrivateKey;
using policy::v1::AccessClaims;
using testing::Value;

TEST_CASE("a token is a compact JWS that a verifier takes") {
  FakeClock clock;
  const PrivateKey key = PrivateKey::Generate(Algorithm::kEs256);
  const TokenSigner signer(key, "k");
  AccessClaims claims = TokenForge(clock).Claims();
  claims.set_iss("set by the signer");
  claims.clear_aud();
  claims.add_roles(policy::v1::OFFICER_ROLE_INTAKE);
  const std::string token = Value(signer.Sign(claims));

  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  REQUIRE(parts.size() == 3);
  CHECK(Value(crypto::Base64UrlDecode(parts[0])) == R"({"alg":"ES256","typ":"at+jwt","kid":"k"})");
  CHECK_THAT(Value(crypto::Base64UrlDecode(parts[1])),
             Catch::StartsWith(R"({"iss":"eid-identity","aud":"eid","sub":"account-1",)"));
  CHECK(key.Public().Verify(parts[0] + "." + parts[1], Value(crypto::Base64UrlDecode(parts[2]))));

  policy::v1::SigningKeySet keys;
  keys.add_keys()->set_key_id("k");
  keys.mutable_keys(0)->set_public_key(key.Public().Spki());
  TokenVerifier verifier(clock);
  verifier.SetKeys(keys);
  claims.set_iss("eid-identity");
  claims.set_aud("eid");
  CHECK(google::protobuf::util::MessageDifferencer::Equals(*Value(verifier.Verify(token)), claims));
}

TEST_CASE("what no verifier would take is not signed") {
  FakeClock clock;
  const TokenSigner signer(PrivateKey::Generate(Algorithm::kEs256), "k");
  const AccessClaims good = TokenForge(clock).Claims();
  AccessClaims no_subject = good, too_long_a_life = good, too_long = good;
  no_subject.clear_sub();
  too_long_a_life.set_exp(good.iat() + 301);
  too_long.set_mandate(std::string(kMaxTokenBytes, 'x'));
  for (const AccessClaims& claims : {no_subject, too_long_a_life, too_long}) {
    const auto token = signer.Sign(claims);
    CHECK(token.status().code() == absl::StatusCode::kInternal);
    CHECK(ReasonOf(token.status()) == "INTERNAL");
  }
}

TEST_CASE("KeyIdOf is short and the key's own") {
  const auto key = PrivateKey::Generate(Algorithm::kEs256).Public();
  CHECK(KeyIdOf(key).size() == 16);
  CHECK(KeyIdOf(key) == KeyIdOf(key));
  CHECK(KeyIdOf(key) != KeyIdOf(PrivateKey::Generate(Algorithm::kEs256).Public()));
}

}  // namespace
}  // namespace eid::auth
