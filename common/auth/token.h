// SPDX-License-Identifier: Apache-2.0
// Access tokens: AccessClaims (eid/policy/v1/token.proto) as a compact JWS (RFC 7515) signed with
// ES256, of type at+jwt (RFC 9068). Identity signs; the gateway and every service verify for
// themselves.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/verified_tokens.h"
#include "common/clock/clock.h"
#include "common/crypto/keys.h"
#include "common/sync/mutex.h"
#include "eid/policy/v1/token.pb.h"

namespace eid::auth {

inline constexpr absl::string_view kIssuer = "eid-identity";
inline constexpr absl::string_view kAudience = "eid";
inline constexpr int64_t kMaxLifeSeconds = 300;
inline constexpr int64_t kLeewaySeconds = 30;
inline constexpr size_t kMaxTokenBytes = 8 * 1024;

// The usual name of a key: 16 characters of its fingerprint.
std::string KeyIdOf(const crypto::PublicKey& key);

// Thread-safe.
class TokenSigner {
 public:
  // `key` is an ES256 key, `key_id` is not empty.
  TokenSigner(const crypto::PrivateKey& key, std::string key_id);

  // The token. `iss` and `aud` are set here. INTERNAL if the claims are such that no verifier would
  // take them: a bug.
  absl::StatusOr<std::string> Sign(const policy::v1::AccessClaims& claims) const;

 private:
  const crypto::PrivateKey key_;
  // The first part of every token, with its dot.
  std::string header_;
};

// Knows genuine tokens. Thread-safe; remembers what it has verified, so that a token costs a signature
// once and a digest from then on.
class TokenVerifier {
 public:
  // `clock` outlives this. At most `cache_entries` tokens are remembered.
  explicit TokenVerifier(const Clock& clock, size_t cache_entries = 10'000);
  ~TokenVerifier();

  // Takes effect for every Verify() that begins later: a session in `ended_sessions` is over at once,
  // a key that is missing signs nothing any more. Calling it again with the same set costs little. A
  // key that is no P-256 key is left out, and logged.
  void SetKeys(const policy::v1::SigningKeySet& keys);
  // Whether there is a usable key.
  bool has_keys() const;

  // What the token says; not null. Errors, with reasons of CommonReason:
  //   UNAUTHENTICATED TOKEN_EXPIRED    genuine, but its time is over
  //   UNAUTHENTICATED UNAUTHENTICATED  anything else that is wrong with it, an ended session included
  //   UNAVAILABLE PEER_UNAVAILABLE     there are no keys yet; with RetryInfo
  absl::StatusOr<Claims> Verify(absl::string_view token) const;

  // Whether Verify() gave this error because the key is not among those of SetKeys(): it may be new.
  static bool IsUnknownKey(const absl::Status& status);

 private:
  struct Keys;

  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<const Keys> keys_ ABSL_GUARDED_BY(mutex_);
  mutable VerifiedTokens verified_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::auth
