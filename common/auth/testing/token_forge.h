// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/crypto/keys.h"
#include "eid/policy/v1/token.pb.h"

namespace eid::auth {

// An issuer for tests:
//   TokenForge forge(clock);
//   verifier.SetKeys(forge.Keys());
//   verifier.Verify(forge.Token());
class TokenForge {
 public:
  // `clock` outlives this.
  explicit TokenForge(const Clock& clock, std::string key_id = "key-1");

  const crypto::PrivateKey& key() const { return key_; }
  policy::v1::SigningKeySet Keys() const;

  // Claims that are valid now for five minutes, with every field of `wanted` that is set: account-1 of
  // level 2, authentication level 2, session-1, for itself (or for wanted.organization_id).
  policy::v1::AccessClaims Claims(const policy::v1::AccessClaims& wanted = {}) const;

  // A token that says Claims(wanted).
  std::string Token(const policy::v1::AccessClaims& wanted = {}) const;

  // A JWS of any header and payload, signed with key().
  std::string Raw(absl::string_view header, absl::string_view payload) const;

 private:
  const Clock& clock_;
  const std::string key_id_;
  const crypto::PrivateKey key_ = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
};

}  // namespace eid::auth
