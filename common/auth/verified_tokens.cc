// SPDX-License-Identifier: Apache-2.0
#include "common/auth/verified_tokens.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/crypto/digest.h"

namespace eid::auth {

TokenDigest DigestOf(absl::string_view token) {
  const std::string bytes = crypto::Sha256(token);
  TokenDigest digest;
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

VerifiedTokens::VerifiedTokens(size_t capacity) : half_(std::max<size_t>(1, capacity / 2)) {}

Claims VerifiedTokens::Find(const TokenDigest& digest) {
  if (const auto it = young_.find(digest); it != young_.end()) return it->second;
  const auto it = old_.find(digest);
  if (it == old_.end()) return nullptr;
  Claims claims = std::move(it->second);
  old_.erase(it);
  Insert(digest, claims);
  return claims;
}

void VerifiedTokens::Insert(const TokenDigest& digest, Claims claims) {
  if (young_.size() >= half_ && !young_.contains(digest)) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[digest] = std::move(claims);
}

void VerifiedTokens::Clear() {
  young_.clear();
  old_.clear();
}

}  // namespace eid::auth
