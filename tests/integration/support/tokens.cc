// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/auth/claims.h"
#include "common/auth/token.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"
#include "common/testing/matchers.h"
#include "tests/integration/support/access.h"
#include "tests/integration/support/flow.h"
#include "tools/suite/client.h"

namespace eid::integration {
namespace {

using identity::v1::AuthenticationService;
using policy::v1::AccessClaims;
using suite::Person;
using testing::Value;

// The people of the matrix.
constexpr char kHolder[] = "010187411407";
constexpr char kRepresentative[] = "030185712092";
constexpr char kOrganization[] = "0195462677";
constexpr char kAuditor[] = "010075491624";
constexpr char kOperator[] = "066166509423";

struct Parts {
  std::string header;
  std::string payload;
  std::string signature;
};

Parts Split(const std::string& token) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  REQUIRE(parts.size() == 3);
  return {parts[0], parts[1], parts[2]};
}

std::string Join(const Parts& parts) {
  return absl::StrCat(parts.header, ".", parts.payload, ".", parts.signature);
}

AccessClaims ClaimsOf(const std::string& token) {
  return Value(auth::ParseClaims(Value(crypto::Base64UrlDecode(Split(token).payload))));
}

TokenCase Good(const std::string& name, const std::string& token) {
  return {.name = name, .token = token, .claims = ClaimsOf(token)};
}

// Another letter in the middle, where every bit counts.
std::string Altered(std::string text) {
  char& letter = text[text.size() / 2];
  letter = letter == 'A' ? 'B' : 'A';
  return text;
}

// Changes the claims and keeps the signature.
std::string WithClaims(const std::string& token, const AccessClaims& claims) {
  Parts parts = Split(token);
  parts.payload = crypto::Base64UrlEncode(auth::ToJson(claims));
  return Join(parts);
}

// Signed by somebody else under the issuer's key id.
std::string ByForeignKey(const std::string& token, AccessClaims claims) {
  const auto header = Value(auth::ParseHeader(Value(crypto::Base64UrlDecode(Split(token).header))));
  const auth::TokenSigner signer(crypto::PrivateKey::Generate(crypto::Algorithm::kEs256),
                                 header.kid());
  return Value(signer.Sign(claims));
}

std::string WithHeader(const std::string& token, const std::string& json,
                       const std::string& signature) {
  Parts parts = Split(token);
  parts.header = crypto::Base64UrlEncode(json);
  parts.signature = signature;
  return Join(parts);
}

// A session that was ended: its token is refused as soon as everybody has heard of it.
std::string EndedToken(Stage& stage, Person& person) {
  const std::string token = person.token();
  identity::v1::RevokeTokenRequest request;
  request.set_token(person.session().refresh_token());
  REQUIRE_OK(suite::Call(*person.authentication, &AuthenticationService::Stub::RevokeToken, request,
                         {.repeat = true}));
  REQUIRE_OK(person.Login());
  stage.SecretsOf(person);
  // The keys, and with them the ended sessions, are looked at every other second.
  const std::vector<std::pair<std::string, std::string>> probes = {
      {"identity", "AccountService/GetAccount"},
      {"org_registration", "RegistrationService/ListRegistrations"},
      {"approval", "NotificationService/ListNotifications"},
      {"verification", "VerificationService/ListVerifications"},
      {"gateway", "AccountService/GetAccount"}};
  for (const auto& [program, rpc] : probes) {
    const Door door = program == "gateway"
                          ? Door{.name = program, .channel = stage.world().gateway()}
                          : DirectDoor(stage, program, "gateway");
    Answer answer;
    INFO("a token of an ended session at " << program);
    REQUIRE(suite::AskUntil(
        [&] {
          answer = CallPatiently(door.channel, RpcNamed(rpc).path, "", {.token = token});
          return answer.status.code() == absl::StatusCode::kUnauthenticated;
        },
        absl::Minutes(1)));
  }
  return token;
}

// Logged in with the password alone: level 1.
std::string TokenOfOneFactor(Person& person) {
  identity::v1::LoginRequest request;
  request.set_personal_id(person.data().personal_id);
  request.add_factors()->set_password(person.password());
  const auto session =
      Value(suite::Call(*person.authentication, &AuthenticationService::Stub::Login, request));
  REQUIRE(session.authentication_level() == 1);
  return session.access_token();
}

// Acts for an organization whose account was granted and activated.
std::string TokenForOrganization(Stage& stage, Person& person) {
  const Registration filed = File(person, DossierOf(stage, kOrganization, person));
  Await(person, filed.registration_id(), Registration::STATE_UNDER_REVIEW);
  const Registration issued = ApproveAndAwait(stage, person, filed.registration_id());
  identity::v1::ActivateOrganizationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_organization_id(issued.organization_id());
  REQUIRE_OK(person.Do(*person.organizations,
                       &identity::v1::OrganizationService::Stub::ActivateOrganization, request));
  REQUIRE_OK(person.ActAs(issued.organization_id()));
  const std::string token = person.token();
  REQUIRE_OK(person.ActAs(""));
  return token;
}

std::vector<TokenCase> GoodTokens(Stage& stage) {
  suite::World& world = stage.world();
  Person& holder = stage.Admit(kHolder);
  Person& representative = stage.Admit(kRepresentative);
  Person& auditor = stage.Appoint(kAuditor, policy::v1::OFFICER_ROLE_AUDITOR);
  Person& operator_ = stage.Appoint(kOperator, policy::v1::OFFICER_ROLE_OPERATOR);
  return {Good("holder, one factor", TokenOfOneFactor(holder)),
          Good("holder", holder.token()),
          Good("organization's representative", TokenForOrganization(stage, representative)),
          Good("administrator", world.administrator().token()),
          Good("intake officer", world.intake().token()),
          Good("reviewer", world.reviewer().token()),
          Good("approver", world.approver().token()),
          Good("auditor", auditor.token()),
          Good("operator", operator_.token())};
}

std::vector<TokenCase> BadTokens(Stage& stage) {
  const std::string good = stage.world().administrator().token();
  const AccessClaims claims = ClaimsOf(good);
  const Parts parts = Split(good);

  AccessClaims expired = claims;
  expired.set_iat(claims.iat() - 3600);
  expired.set_nbf(claims.nbf() - 3600);
  expired.set_auth_time(claims.auth_time() - 3600);
  expired.set_exp(claims.iat() - 3300);
  AccessClaims prolonged = claims;
  prolonged.set_exp(claims.exp() + 100);
  AccessClaims promoted = ClaimsOf(stage.Admit(kHolder).token());
  for (int role = policy::v1::OFFICER_ROLE_ADMINISTRATOR; role <= policy::v1::OFFICER_ROLE_OPERATOR;
       ++role) {
    promoted.add_roles(static_cast<policy::v1::OfficerRole>(role));
  }
  Parts signed_otherwise = parts;
  signed_otherwise.signature = Altered(parts.signature);
  Parts other_header = parts;
  other_header.header = Altered(parts.header);

  // The issuer's public key as the secret of a MAC: the oldest trick there is.
  const auto keys = Value(suite::Call(*stage.world().administrator().authentication,
                                      &AuthenticationService::Stub::GetSigningKeys,
                                      identity::v1::GetSigningKeysRequest()));
  const std::string hmac_header =
      R"({"alg":"HS256","typ":"at+jwt","kid":")" + keys.keys(0).key_id() + R"("})";
  const std::string hmac = crypto::Base64UrlEncode(
      crypto::HmacSha256(keys.keys(0).public_key(),
                         absl::StrCat(crypto::Base64UrlEncode(hmac_header), ".", parts.payload)));

  return {
      {.name = "garbage", .token = "garbage"},
      {.name = "three dots", .token = "..."},
      {.name = "empty parts", .token = ".."},
      {.name = "altered signature", .token = Join(signed_otherwise)},
      {.name = "no signature", .token = absl::StrCat(parts.header, ".", parts.payload, ".")},
      {.name = "altered header", .token = Join(other_header)},
      {.name = "longer life", .token = WithClaims(good, prolonged)},
      {.name = "holder with added roles",
       .token = WithClaims(stage.Admit(kHolder).token(), promoted)},
      {.name = "expired", .token = ByForeignKey(good, expired)},
      {.name = "foreign key", .token = ByForeignKey(good, claims)},
      {.name = "no algorithm", .token = WithHeader(good, R"({"alg":"none","typ":"at+jwt"})", "")},
      {.name = "public key as secret", .token = WithHeader(good, hmac_header, hmac)},
      {.name = "ended session", .token = EndedToken(stage, stage.Admit(kHolder))}};
}

}  // namespace

std::vector<TokenCase> MakeTokens(Stage& stage) {
  // First the bad ones: ending a session changes the person's good token.
  std::vector<TokenCase> tokens = BadTokens(stage);
  for (TokenCase& token : GoodTokens(stage)) tokens.push_back(std::move(token));
  tokens.push_back({.name = "no token", .token = ""});
  for (const TokenCase& token : tokens) {
    // Rubbish of a few letters would be found everywhere.
    if (token.token.size() > 40) stage.Secret(token.token);
  }
  return tokens;
}

}  // namespace eid::integration
