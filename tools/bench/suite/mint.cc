// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/mint.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/crypto/keys.h"
#include "common/crypto/secret_file.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::bench {

absl::StatusOr<Mint> Mint::Open(const suite::Suite& suite) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(suite.directory() + "/identity/keys", error)) {
    if (entry.path().extension() != ".pem") continue;
    ASSIGN_OR_RETURN(const std::string pem, crypto::ReadSecretFile(entry.path().string()));
    absl::StatusOr<crypto::PrivateKey> key = crypto::PrivateKey::FromPem(pem);
    if (!key.ok() || key->algorithm() != crypto::Algorithm::kEs256) continue;
    return Mint(std::make_shared<auth::TokenSigner>(*key, auth::KeyIdOf(key->Public())));
  }
  return absl::NotFoundError("identity has no signing key; has it been started?");
}

std::string Mint::TokenOf(absl::string_view account_id,
                          const std::vector<policy::v1::OfficerRole>& roles) const {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  policy::v1::AccessClaims claims;
  claims.set_sub(std::string(account_id));
  claims.set_iat(now);
  claims.set_nbf(now);
  claims.set_exp(now + auth::kMaxLifeSeconds);
  claims.set_jti(crypto::HexEncode(crypto::RandomBytes(13)));
  claims.set_sid(absl::StrCat("bench-", account_id));
  claims.set_account_level(2);
  claims.set_authentication_level(2);
  claims.set_auth_time(now);
  for (const policy::v1::OfficerRole role : roles) claims.add_roles(role);
  claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
  claims.set_device_key(crypto::HexEncode(crypto::RandomBytes(16)));
  const absl::StatusOr<std::string> token = signer_->Sign(claims);
  CHECK_OK(token);
  return *token;
}

}  // namespace eid::bench
