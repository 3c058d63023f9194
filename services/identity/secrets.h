// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/password.h"

namespace eid::identity {

// What is made with this service's own secrets. Immutable, thread-safe.
class Secrets {
 public:
  // Reads the secrets in the directory, makes those that are missing. The errors of
  // common/crypto/secret_file.h.
  static absl::StatusOr<Secrets> Open(const std::string& directory, crypto::PasswordParams params);

  // `master` is 32 bytes.
  Secrets(std::string master, crypto::PasswordParams params);

  // A name for a personal ID number that does not tell it: 43 characters.
  std::string SubjectOf(absl::string_view personal_id) const;
  // The code of an OTP challenge: six digits. It is never stored; whoever sends it makes it anew.
  std::string CodeOf(absl::string_view challenge_id) const;
  // MAC over parts, for `purpose` alone: 32 bytes.
  std::string Mac(absl::string_view purpose, absl::string_view data) const;
  // The secret of the refresh token that follows the one with this secret: 32 bytes.
  std::string Successor(absl::string_view refresh_secret) const;
  // A request's digest for a stored answer, where the request holds a password: not to be guessed
  // from without the key.
  std::string KeyedDigest(absl::string_view digest) const;

  const crypto::PasswordParams& passwords() const { return passwords_; }

 private:
  std::string master_;
  crypto::PasswordParams passwords_;
};

}  // namespace eid::identity
