// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/auth/claims.h"

namespace eid::auth {

// SHA-256 of a token.
using TokenDigest = std::array<char, 32>;
TokenDigest DigestOf(absl::string_view token);

// The claims of tokens that were verified. Bounded, without a list of who was used last: when the young
// half is full, it becomes the old half, and the old half is forgotten; who is used moves to the
// young half. Every step takes constant time, but for the forgetting. Not thread-safe.
class VerifiedTokens {
 public:
  // At least 2 are kept, however small `capacity` is.
  explicit VerifiedTokens(size_t capacity);

  // Null if it is not known.
  Claims Find(const TokenDigest& digest);
  void Insert(const TokenDigest& digest, Claims claims);
  void Clear();
  size_t size() const { return young_.size() + old_.size(); }

 private:
  using Map = absl::flat_hash_map<TokenDigest, Claims>;

  size_t half_;
  Map young_;
  Map old_;
};

}  // namespace eid::auth
