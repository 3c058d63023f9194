// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/testing/calls.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc::testing {
namespace {

Call CallOfPerson(std::string account_id, policy::v1::Audience audience, int authentication_level) {
  policy::v1::AccessClaims claims;
  claims.set_iss("eid-identity");
  claims.set_aud("eid");
  claims.set_jti("token-of-" + account_id);
  claims.set_sid("session-of-" + account_id);
  claims.set_sub(std::move(account_id));
  claims.set_account_level(2);
  claims.set_authentication_level(authentication_level);
  claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
  Call call = CallOfPublic();
  call.audience = audience;
  call.token = FakeToken(claims);
  call.claims = std::make_shared<const policy::v1::AccessClaims>(std::move(claims));
  return call;
}

}  // namespace

Call CallOfHolder(std::string account_id) {
  return CallOfPerson(std::move(account_id), policy::v1::AUDIENCE_HOLDER, 2);
}

Call CallOfRepresentative(std::string account_id, std::string organization_id) {
  return WithClaims(CallOfHolder(std::move(account_id)), [&](policy::v1::AccessClaims& claims) {
    claims.set_principal(policy::v1::PRINCIPAL_KIND_ORGANIZATION);
    claims.set_organization_id(std::move(organization_id));
    claims.set_mandate("STATUTORY");
  });
}

Call CallOfOfficer(std::string account_id, std::vector<policy::v1::OfficerRole> roles) {
  return WithClaims(CallOfPerson(std::move(account_id), policy::v1::AUDIENCE_OFFICER, 4),
                    [&](policy::v1::AccessClaims& claims) {
                      for (const policy::v1::OfficerRole role : roles) claims.add_roles(role);
                    });
}

Call CallOfService(std::string name) {
  Call call = CallOfPublic();
  call.peer = std::move(name);
  call.audience = policy::v1::AUDIENCE_SERVICE;
  return call;
}

Call CallOfPublic(std::string client) {
  Call call;
  call.request_tag = "tag-1";
  call.client = std::move(client);
  call.audience = policy::v1::AUDIENCE_PUBLIC;
  return call;
}

Call WithClaims(Call call, const std::function<void(policy::v1::AccessClaims&)>& change) {
  policy::v1::AccessClaims claims = *call.claims;
  change(claims);
  call.token = FakeToken(claims);
  call.claims = std::make_shared<const policy::v1::AccessClaims>(std::move(claims));
  return call;
}

// Hex, since a token travels as metadata.
std::string FakeToken(const policy::v1::AccessClaims& claims) {
  return "fake." + absl::BytesToHexString(claims.SerializeAsString());
}

VerifyToken FakeVerify() {
  return [](absl::string_view token) -> absl::StatusOr<auth::Claims> {
    policy::v1::AccessClaims claims;
    if (absl::ConsumePrefix(&token, "fake.") &&
        claims.ParseFromString(absl::HexStringToBytes(token))) {
      return std::make_shared<const policy::v1::AccessClaims>(std::move(claims));
    }
    return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
                 "not a token of this test");
  };
}

}  // namespace eid::rpc::testing
