// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::auth {
namespace {

using policy::v1::AccessClaims;
using policy::v1::SigningKeySet;

constexpr char kCause[] = "cause";
constexpr char kKeyUnknown[] = "KEY_UNKNOWN";
constexpr char kNotBase64Url[] = "a part of it is not base64url";

absl::Status Refused(absl::string_view why, const ErrorMetadata& metadata = {}) {
  return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
               absl::StrCat("The access token is refused: ", why, ". Log in."), metadata);
}

struct Key {
  crypto::PublicKey key;
  int64_t retire_time;
  // The first part of each token that our own signer signs with it; need not be parsed.
  std::string header;
};
using KeyMap = absl::flat_hash_map<std::string, Key>;

// What is not usable signs nothing, so leaving it out is safe.
KeyMap UsableKeys(const SigningKeySet& set) {
  KeyMap usable;
  for (const auto& key : set.keys()) {
    auto public_key = crypto::PublicKey::FromSpki(key.public_key());
    const bool es256 = public_key.ok() && public_key->algorithm() == crypto::Algorithm::kEs256;
    if (!es256 || key.key_id().empty() ||
        !usable
             .try_emplace(key.key_id(), Key{*std::move(public_key), key.retire_time(),
                                            EncodedHeader(key.key_id())})
             .second) {
      LogEvent(Severity::kError, "auth.key_refused", {{"key_id", key.key_id()}});
    }
  }
  return usable;
}

// The key that a token says it is signed with; null if it is not known.
absl::StatusOr<const Key*> KeyOf(absl::string_view encoded_header, const KeyMap& keys) {
  for (const auto& [key_id, key] : keys) {
    if (key.header == encoded_header) return &key;
  }
  const auto header_json = crypto::Base64UrlDecode(encoded_header);
  if (!header_json.ok()) return Refused(kNotBase64Url);
  const auto header = ParseHeader(*header_json);
  if (!header.ok() || header->alg() != kAlgorithm || header->typ() != kType) {
    return Refused("its header is another than an access token's");
  }
  const auto found = keys.find(header->kid());
  if (found == keys.end()) return Refused("its key is not known", {{kCause, kKeyUnknown}});
  return &found->second;
}

// The claims, if the token is genuine and well-formed, whatever the time is.
absl::StatusOr<AccessClaims> Authenticate(absl::string_view token, const KeyMap& keys) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Refused("it has not three parts");
  ASSIGN_OR_RETURN(const Key* found, KeyOf(parts[0], keys));
  const Key& key = *found;
  const auto claims_json = crypto::Base64UrlDecode(parts[1]);
  const auto signature = crypto::Base64UrlDecode(parts[2]);
  if (!claims_json.ok() || !signature.ok()) return Refused(kNotBase64Url);
  const absl::string_view is_signed = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!key.key.Verify(is_signed, *signature)) return Refused("its signature is wrong");

  absl::StatusOr<AccessClaims> claims = ParseClaims(*claims_json);
  if (!claims.ok()) return Refused("its claims are malformed");
  if (const absl::string_view flaw = FlawOf(*claims); !flaw.empty()) {
    return Refused(absl::StrCat("its ", flaw));
  }
  if (key.retire_time != 0 && claims->exp() > key.retire_time) {
    return Refused("its key is retired");
  }
  return claims;
}

// Whether genuine claims hold now. No leeway at the end: a token lives for minutes only.
absl::Status CheckTimes(const AccessClaims& claims, absl::Time now) {
  const int64_t seconds = absl::ToUnixSeconds(now);
  if (seconds >= claims.exp()) {
    return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_TOKEN_EXPIRED,
                 "The access token's time is over. Refresh it.");
  }
  if (std::max(claims.nbf(), claims.iat()) > seconds + kLeewaySeconds) {
    return Refused("its time has not begun");
  }
  return absl::OkStatus();
}

}  // namespace

struct TokenVerifier::Keys {
  SigningKeySet source;
  KeyMap usable;
  absl::flat_hash_set<std::string> ended_sessions;
};

TokenVerifier::TokenVerifier(const Clock& clock, size_t cache_entries)
    : clock_(clock), keys_(std::make_shared<Keys>()), verified_(cache_entries) {}

TokenVerifier::~TokenVerifier() = default;

void TokenVerifier::SetKeys(const SigningKeySet& keys) {
  const auto bytes = [](SigningKeySet set) {
    set.clear_ended_sessions();
    return set.SerializeAsString();
  };
  std::shared_ptr<const Keys> old;
  {
    MutexLock lock(mutex_);
    old = keys_;
  }
  if (old->source.SerializeAsString() == keys.SerializeAsString()) return;
  const bool same_keys = bytes(old->source) == bytes(keys);

  auto next = std::make_shared<Keys>();
  next->source = keys;
  next->usable = same_keys ? old->usable : UsableKeys(keys);
  next->ended_sessions.insert(keys.ended_sessions().begin(), keys.ended_sessions().end());
  MutexLock lock(mutex_);
  // Ended sessions are looked up at each Verify(), so they cost no signature anew. If another thread
  // was here meanwhile, `same_keys` is about other keys.
  if (!same_keys || keys_ != old) verified_.Clear();
  keys_ = std::move(next);
}

bool TokenVerifier::has_keys() const {
  MutexLock lock(mutex_);
  return !keys_->usable.empty();
}

absl::StatusOr<Claims> TokenVerifier::Verify(absl::string_view token) const {
  if (token.empty()) return Refused("it is empty");
  if (token.size() > kMaxTokenBytes) return Refused("it is too long");
  const TokenDigest digest = DigestOf(token);
  std::shared_ptr<const Keys> keys;
  Claims claims;
  {
    MutexLock lock(mutex_);
    keys = keys_;
    claims = verified_.Find(digest);
  }
  if (keys->usable.empty()) {
    return WithRetry(
        Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
              "Access tokens cannot be checked yet. Try again."),
        absl::Seconds(1));
  }
  const bool remembered = claims != nullptr;
  if (!remembered) {
    ASSIGN_OR_RETURN(AccessClaims fresh, Authenticate(token, keys->usable));
    claims = std::make_shared<const AccessClaims>(std::move(fresh));
  }
  RETURN_IF_ERROR(CheckTimes(*claims, clock_.TimeNow()));
  if (keys->ended_sessions.contains(claims->sid())) return Refused("its session has ended");
  if (!remembered) {
    MutexLock lock(mutex_);
    // With other keys by now, it would have to be verified with those.
    if (keys_ == keys) verified_.Insert(digest, claims);
  }
  return claims;
}

bool TokenVerifier::IsUnknownKey(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return false;
  const auto cause = info->metadata().find(kCause);
  return cause != info->metadata().end() && cause->second == kKeyUnknown;
}

}  // namespace eid::auth
