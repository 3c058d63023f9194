// SPDX-License-Identifier: Apache-2.0
#include "common/auth/testing/token_forge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/log/log.h"

namespace eid::auth {

TokenForge::TokenForge(const Clock& clock, std::string key_id)
    : clock_(clock), key_id_(std::move(key_id)) {}

policy::v1::SigningKeySet TokenForge::Keys() const {
  policy::v1::SigningKeySet set;
  auto& key = *set.add_keys();
  key.set_key_id(key_id_);
  key.set_public_key(key_.Public().Spki());
  return set;
}

policy::v1::AccessClaims TokenForge::Claims(const policy::v1::AccessClaims& wanted) const {
  const int64_t now = absl::ToUnixSeconds(clock_.TimeNow());
  const int64_t iat = wanted.iat() != 0 ? wanted.iat() : now;
  policy::v1::AccessClaims claims;
  claims.set_iss(std::string(kIssuer));
  claims.set_aud(std::string(kAudience));
  claims.set_sub("account-1");
  claims.set_sid("session-1");
  claims.set_jti("token-1");
  claims.set_iat(iat);
  claims.set_nbf(iat);
  claims.set_exp(iat + kMaxLifeSeconds);
  claims.set_auth_time(iat);
  claims.set_account_level(2);
  claims.set_authentication_level(2);
  claims.set_principal(wanted.organization_id().empty() ? policy::v1::PRINCIPAL_KIND_SELF
                                                        : policy::v1::PRINCIPAL_KIND_ORGANIZATION);
  claims.MergeFrom(wanted);
  return claims;
}

std::string TokenForge::Token(const policy::v1::AccessClaims& wanted) const {
  policy::v1::TokenHeader header;
  header.set_alg("ES256");
  header.set_typ("at+jwt");
  header.set_kid(key_id_);
  return Raw(ToJson(header), ToJson(Claims(wanted)));
}

std::string TokenForge::Raw(absl::string_view header, absl::string_view payload) const {
  const std::string text =
      absl::StrCat(crypto::Base64UrlEncode(header), ".", crypto::Base64UrlEncode(payload));
  const auto signature = key_.Sign(text);
  CHECK_OK(signature);
  return absl::StrCat(text, ".", crypto::Base64UrlEncode(*signature));
}

}  // namespace eid::auth
