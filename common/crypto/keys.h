// SPDX-License-Identifier: Apache-2.0
// Signatures. All classes are cheap to copy (copies share one immutable key) and thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace eid::crypto {

enum class Algorithm {
  kEs256,    // ECDSA on P-256 with SHA-256; signatures are r and s, 32 bytes each (RFC 7518 3.4).
  kEd25519,  // RFC 8032; signatures are 64 bytes.
};

namespace keys_internal {
using Handle = std::shared_ptr<evp_pkey_st>;
}

class PublicKey {
 public:
  // From a SubjectPublicKeyInfo in DER. INVALID_ARGUMENT for anything but the one encoding of a valid
  // P-256 (named curve, uncompressed point) or Ed25519 key, so a key has one Fingerprint().
  static absl::StatusOr<PublicKey> FromSpki(absl::string_view der);

  Algorithm algorithm() const { return algorithm_; }
  // SubjectPublicKeyInfo, DER.
  const std::string& Spki() const { return spki_; }
  // base64url of the SHA-256 of Spki(): 43 characters.
  std::string Fingerprint() const;
  // Whether `signature` is this key's of `data`. A malformed signature is not.
  bool Verify(absl::string_view data, absl::string_view signature) const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.spki_ == b.spki_; }

 private:
  PublicKey(Algorithm algorithm, std::string spki, keys_internal::Handle key)
      : algorithm_(algorithm), spki_(std::move(spki)), key_(std::move(key)) {}

  Algorithm algorithm_;
  std::string spki_;
  keys_internal::Handle key_;
};

class PrivateKey {
 public:
  static PrivateKey Generate(Algorithm algorithm);
  // From an unencrypted PEM of PKCS #8 (or of SEC 1). INVALID_ARGUMENT for anything but a P-256 or an
  // Ed25519 key whose halves belong together.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem);

  // PKCS #8, unencrypted.
  std::string ToPem() const;
  Algorithm algorithm() const { return public_key_.algorithm(); }
  const PublicKey& Public() const { return public_key_; }
  // The signature of `data`: 64 bytes. INTERNAL if OpenSSL fails.
  absl::StatusOr<std::string> Sign(absl::string_view data) const;

 private:
  PrivateKey(PublicKey public_key, keys_internal::Handle key)
      : public_key_(std::move(public_key)), key_(std::move(key)) {}
  static absl::StatusOr<PrivateKey> FromHandle(keys_internal::Handle key);

  PublicKey public_key_;
  keys_internal::Handle key_;
};

}  // namespace eid::crypto
