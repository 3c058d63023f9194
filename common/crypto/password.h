// SPDX-License-Identifier: Apache-2.0
// Passwords, stored as Argon2id in a PHC string: "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".
// Hashing and verifying take tens of milliseconds and the memory of the parameters: run them on a
// WorkerPool, never on a gRPC thread. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace eid::crypto {

// A longer password is refused; none is ever cut.
inline constexpr size_t kMaxPasswordBytes = 1024;

// What a stored string may ask for: to hash with more is to lock everybody out.
inline constexpr uint32_t kMaxPasswordMemoryKib = 1024 * 1024;
inline constexpr uint32_t kMaxPasswordIterations = 64;

// The least that OWASP advises.
struct PasswordParams {
  uint32_t memory_kib = 19 * 1024;
  uint32_t iterations = 2;
  // A secret that is kept apart from the hashes, so that they alone are of no use to a thief. Empty:
  // none. It cannot change without every password being set anew.
  std::string pepper;
};

// A PHC string with a new salt. INVALID_ARGUMENT if the password is empty or too long,
// RESOURCE_EXHAUSTED if there is not enough memory. The caller has normalised the password (NFC).
absl::StatusOr<std::string> HashPassword(absl::string_view password, const PasswordParams& params);

// Whether `phc` was made of `password` with the same pepper. It takes the cost that is written in
// `phc`; a string that is not a PHC string, or asks for more than 1 GiB or 64 passes, is refused.
bool VerifyPassword(absl::string_view password, absl::string_view phc,
                    const PasswordParams& params);

// Whether `phc` was made with other parameters than these, so the next successful login should hash
// again.
bool NeedsRehash(absl::string_view phc, const PasswordParams& params);

// A PHC string that no password matches and that costs as much to verify as any other, so that an
// unknown user is not known by the time it takes to refuse. Cheap to make.
std::string DummyHash(const PasswordParams& params);

}  // namespace eid::crypto
