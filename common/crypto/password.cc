// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/password.h"

#include <sodium.h>

#include <array>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/digest.h"
#include "common/log/log.h"

namespace eid::crypto {
namespace {

constexpr size_t kSaltBytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr size_t kHashBytes = 32;

void Start() { CHECK(sodium_init() >= 0) << "libsodium does not start"; }

struct Cost {
  uint32_t memory_kib = 0;
  uint32_t iterations = 0;
};

// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash"
std::optional<Cost> CostOf(absl::string_view phc) {
  const std::vector<absl::string_view> parts = absl::StrSplit(phc, '$');
  if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id" || parts[2] != "v=19") {
    return std::nullopt;
  }
  const std::vector<absl::string_view> numbers = absl::StrSplit(parts[3], ',');
  if (numbers.size() != 3 || numbers[2] != "p=1") return std::nullopt;
  absl::string_view memory = numbers[0], iterations = numbers[1];
  Cost cost;
  if (!absl::ConsumePrefix(&memory, "m=") || !absl::SimpleAtoi(memory, &cost.memory_kib) ||
      !absl::ConsumePrefix(&iterations, "t=") || !absl::SimpleAtoi(iterations, &cost.iterations)) {
    return std::nullopt;
  }
  return cost;
}

// What goes into Argon2id: the password, or its MAC if there is a pepper.
std::string Peppered(absl::string_view password, const PasswordParams& params) {
  return params.pepper.empty() ? std::string(password) : HmacSha256(params.pepper, password);
}

std::string Base64(absl::string_view bytes) {
  std::string text(
      sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  text.pop_back();  // The terminator.
  return text;
}

}  // namespace

absl::StatusOr<std::string> HashPassword(absl::string_view password, const PasswordParams& params) {
  if (password.empty() || password.size() > kMaxPasswordBytes) {
    return absl::InvalidArgumentError("a password has 1 to 1024 bytes");
  }
  Start();
  std::string secret = Peppered(password, params);
  std::array<char, crypto_pwhash_STRBYTES> phc;
  const int failed =
      crypto_pwhash_str_alg(phc.data(), secret.data(), secret.size(), params.iterations,
                            size_t{params.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  sodium_memzero(secret.data(), secret.size());
  if (failed != 0) return absl::ResourceExhaustedError("not enough memory to hash a password");
  return std::string(phc.data());
}

bool VerifyPassword(absl::string_view password, absl::string_view phc,
                    const PasswordParams& params) {
  const auto cost = CostOf(phc);
  if (!cost.has_value() || cost->memory_kib > kMaxPasswordMemoryKib ||
      cost->iterations > kMaxPasswordIterations || phc.size() >= crypto_pwhash_STRBYTES ||
      password.size() > kMaxPasswordBytes) {
    return false;
  }
  Start();
  std::string secret = Peppered(password, params);
  const std::string terminated(phc);
  const bool matches =
      crypto_pwhash_str_verify(terminated.c_str(), secret.data(), secret.size()) == 0;
  sodium_memzero(secret.data(), secret.size());
  return matches && !password.empty();
}

bool NeedsRehash(absl::string_view phc, const PasswordParams& params) {
  const auto cost = CostOf(phc);
  return !cost.has_value() || cost->memory_kib != params.memory_kib ||
         cost->iterations != params.iterations;
}

std::string DummyHash(const PasswordParams& params) {
  Start();
  return absl::StrCat("$argon2id$v=19$m=", params.memory_kib, ",t=", params.iterations, ",p=1$",
                      Base64(RandomBytes(kSaltBytes)), "$", Base64(RandomBytes(kHashBytes)));
}

}  // namespace eid::crypto
