// SPDX-License-Identifier: Apache-2.0
#include "services/identity/secrets.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/crypto/digest.h"
#include "common/crypto/secret_file.h"
#include "common/status/macros.h"

namespace eid::identity {
namespace {

constexpr size_t kSecretBytes = 32;

}  // namespace

absl::StatusOr<Secrets> Secrets::Open(const std::string& directory, crypto::PasswordParams params) {
  ASSIGN_OR_RETURN(std::string master,
                   crypto::LoadOrCreateSecret(directory + "/master.key", kSecretBytes));
  ASSIGN_OR_RETURN(params.pepper,
                   crypto::LoadOrCreateSecret(directory + "/pepper.key", kSecretBytes));
  return Secrets(std::move(master), std::move(params));
}

Secrets::Secrets(std::string master, crypto::PasswordParams params)
    : master_(std::move(master)), passwords_(std::move(params)) {}

std::string Secrets::Mac(absl::string_view purpose, absl::string_view data) const {
  // A key of its own for each purpose: nothing made for one is of use for another.
  return crypto::HmacSha256(crypto::HmacSha256(master_, purpose), data);
}

std::string Secrets::SubjectOf(absl::string_view personal_id) const {
  return crypto::Base64UrlEncode(Mac("subject", personal_id));
}

std::string Secrets::CodeOf(absl::string_view challenge_id) const {
  const std::string mac = Mac("one-time-code", challenge_id);
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(mac[i]);
  return absl::StrFormat("%06d", number % 1'000'000);
}

std::string Secrets::Successor(absl::string_view refresh_secret) const {
  return Mac("refresh", refresh_secret);
}

std::string Secrets::KeyedDigest(absl::string_view digest) const {
  return Mac("request-digest", digest);
}

}  // namespace eid::identity
