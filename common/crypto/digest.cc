// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <limits>

#include "common/log/log.h"

namespace eid::crypto {
namespace {

constexpr size_t kSha256Size = 32;

const unsigned char* Bytes(absl::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}
unsigned char* Bytes(std::string& data) { return reinterpret_cast<unsigned char*>(data.data()); }

// Fetching costs more than digesting a short text, so it is done once.
const EVP_MD* FetchSha256() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(md != nullptr) << "OpenSSL has no SHA-256";
  return md;
}

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

// HMAC-SHA-256 without a key, to be copied.
MacContext NewHmac() {
  static const EVP_MAC_CTX* const prototype = [] {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    CHECK(mac != nullptr) << "OpenSSL has no HMAC";
    EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    CHECK(context != nullptr && EVP_MAC_CTX_set_params(context, params) == 1)
        << "OpenSSL has no HMAC-SHA-256";
    return context;
  }();
  return MacContext(EVP_MAC_CTX_dup(prototype));
}

}  // namespace

std::string Sha256(absl::string_view data) {
  std::string digest(kSha256Size, '\0');
  CHECK(EVP_Digest(data.data(), data.size(), Bytes(digest), nullptr, FetchSha256(), nullptr) == 1)
      << "SHA-256 failed";
  return digest;
}

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  CHECK(EVP_DigestInit_ex2(context_.get(), FetchSha256(), nullptr) == 1) << "SHA-256 failed";
}

void Sha256Stream::Update(absl::string_view data) {
  CHECK(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1) << "SHA-256 failed";
}

std::string Sha256Stream::Finish() {
  std::string digest(kSha256Size, '\0');
  CHECK(EVP_DigestFinal_ex(context_.get(), Bytes(digest), nullptr) == 1 &&
        EVP_DigestInit_ex2(context_.get(), FetchSha256(), nullptr) == 1)
      << "SHA-256 failed";
  return digest;
}

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  const MacContext context = NewHmac();
  std::string mac(kSha256Size, '\0');
  size_t size = 0;
  // A null key would mean "keep the old one".
  const unsigned char* key_bytes = key.empty() ? Bytes(absl::string_view("")) : Bytes(key);
  CHECK(context != nullptr && EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
        EVP_MAC_update(context.get(), Bytes(data), data.size()) == 1 &&
        EVP_MAC_final(context.get(), Bytes(mac), &size, mac.size()) == 1 && size == mac.size())
      << "HMAC failed";
  return mac;
}

bool ConstantTimeEqual(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(size_t count) {
  CHECK(count <= static_cast<size_t>(std::numeric_limits<int>::max())) << count;
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(Bytes(bytes), static_cast<int>(count)) == 1) << "the machine has no randomness";
  return bytes;
}

}  // namespace eid::crypto
