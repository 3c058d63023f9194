// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/claims.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::auth {
namespace {

absl::Status Unsignable(absl::string_view why) {
  return Error(absl::StatusCode::kInternal, policy::v1::COMMON_REASON_INTERNAL,
               absl::StrCat("An access token cannot be signed: its ", why, "."));
}

}  // namespace

std::string KeyIdOf(const crypto::PublicKey& key) { return key.Fingerprint().substr(0, 16); }

TokenSigner::TokenSigner(const crypto::PrivateKey& key, std::string key_id) : key_(key) {
  CHECK(key.algorithm() == crypto::Algorithm::kEs256) << "tokens are signed with ES256";
  CHECK(!key_id.empty()) << "a signing key needs a name";
  header_ = EncodedHeader(key_id) + ".";
}

absl::StatusOr<std::string> TokenSigner::Sign(const policy::v1::AccessClaims& claims) const {
  policy::v1::AccessClaims complete = claims;
  complete.set_iss(std::string(kIssuer));
  complete.set_aud(std::string(kAudience));
  if (const absl::string_view flaw = FlawOf(complete); !flaw.empty()) return Unsignable(flaw);
  std::string token = header_ + crypto::Base64UrlEncode(ToJson(complete));
  ASSIGN_OR_RETURN(const std::string signature, key_.Sign(token));
  absl::StrAppend(&token, ".", crypto::Base64UrlEncode(signature));
  if (token.size() > kMaxTokenBytes) return Unsignable("length is too great");
  return token;
}

}  // namespace eid::auth
