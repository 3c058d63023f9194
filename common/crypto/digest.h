// SPDX-License-Identifier: Apache-2.0
// Digests, MACs and randomness. All bytes are raw, in std::string. Everything here is thread-safe and
// cannot fail for a reason that a caller could act on: if OpenSSL or the machine's randomness is
// broken, the process ends.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "common/crypto/encoding.h"

struct evp_md_ctx_st;

namespace eid::crypto {

// 32 bytes.
std::string Sha256(absl::string_view data);

// SHA-256 of what comes in pieces. Not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(Sha256Stream&&) = default;
  Sha256Stream& operator=(Sha256Stream&&) = default;
  void Update(absl::string_view data);
  // The digest of everything so far. Then begins anew.
  std::string Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// 32 bytes (RFC 2104). The key may have any length, also none.
std::string HmacSha256(absl::string_view key, absl::string_view data);

// Takes the same time wherever they differ. The lengths are no secret.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b);

// Fit for keys.
std::string RandomBytes(size_t count);

}  // namespace eid::crypto
