// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "common/crypto/digest.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::crypto {
namespace {

using keys_internal::Handle;

template <auto function>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    function(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

constexpr size_t kSignatureSize = 64;
constexpr size_t kHalf = kSignatureSize / 2;

// All that comes before the key itself in the only encoding that is taken: the algorithm, the named
// curve, the length, and for P-256 the mark of an uncompressed point.
constexpr absl::string_view kP256Prefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x42\x00\x04",
    27);
constexpr absl::string_view kEd25519Prefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);

const unsigned char* Bytes(absl::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}
unsigned char* Bytes(std::string& data) { return reinterpret_cast<unsigned char*>(data.data()); }

Handle Own(EVP_PKEY* key) { return Handle(key, EVP_PKEY_free); }

// OpenSSL queues errors per thread; what we do not tell must not turn up in somebody else's answer.
absl::Status Invalid(absl::string_view what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(what);
}

std::string SpkiOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return "";
  std::string spki(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return spki;
}

// Not of small order: with such a key every signature is valid.
bool IsSoundEd25519(absl::string_view point) {
  CHECK(sodium_init() >= 0) << "libsodium does not start";
  return crypto_core_ed25519_is_valid_point(Bytes(point)) == 1;
}

// DER from r and s.
absl::StatusOr<std::string> ToDer(absl::string_view raw) {
  Number r(BN_bin2bn(Bytes(raw), kHalf, nullptr));
  Number s(BN_bin2bn(Bytes(raw) + kHalf, kHalf, nullptr));
  const Signature signature(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || signature == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return Invalid("no such signature");
  }
  (void)r.release();  // The signature's now.
  (void)s.release();
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  unsigned char* out = Bytes(der);
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

absl::StatusOr<std::string> FromDer(absl::string_view der) {
  const unsigned char* in = Bytes(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
  std::string raw(kSignatureSize, '\0');
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Bytes(raw), kHalf) != kHalf ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Bytes(raw) + kHalf, kHalf) != kHalf) {
    ERR_clear_error();
    return absl::InternalError("the signature is malformed");
  }
  return raw;
}

bool VerifyEs256(EVP_PKEY* key, absl::string_view data, absl::string_view signature) {
  const auto der = ToDer(signature);
  const std::string digest = Sha256(data);
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return der.ok() && context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), Bytes(*der), der->size(), Bytes(digest), digest.size()) ==
             1;
}

bool VerifyEd25519(EVP_PKEY* key, absl::string_view data, absl::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(data),
                          data.size()) == 1;
}

absl::StatusOr<std::string> SignEs256(EVP_PKEY* key, absl::string_view data) {
  const std::string digest = Sha256(data);
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::string der(80, '\0');  // At most 72 bytes on P-256.
  size_t size = der.size();
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_sign(context.get(), Bytes(der), &size, Bytes(digest), digest.size()) != 1) {
    ERR_clear_error();
    return absl::InternalError("signing failed");
  }
  return FromDer(absl::string_view(der).substr(0, size));
}

absl::StatusOr<std::string> SignEd25519(EVP_PKEY* key, absl::string_view data) {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(data), data.size()) != 1 ||
      size != kSignatureSize) {
    ERR_clear_error();
    return absl::InternalError("signing failed");
  }
  return signature;
}

// Never ask a person at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace

absl::StatusOr<PublicKey> PublicKey::FromSpki(absl::string_view der) {
  Algorithm algorithm;
  if (absl::StartsWith(der, kP256Prefix) && der.size() == kP256Prefix.size() + 64) {
    algorithm = Algorithm::kEs256;
  } else if (absl::StartsWith(der, kEd25519Prefix) && der.size() == kEd25519Prefix.size() + 32) {
    algorithm = Algorithm::kEd25519;
    if (!IsSoundEd25519(der.substr(kEd25519Prefix.size()))) {
      return Invalid("the point is not a sound Ed25519 key");
    }
  } else {
    return Invalid("not the SubjectPublicKeyInfo of a P-256 or an Ed25519 key");
  }
  const unsigned char* in = Bytes(der);
  Handle key = Own(d2i_PUBKEY(nullptr, &in, static_cast<long>(der.size())));
  if (key == nullptr) return Invalid("the point is not on the curve");
  return PublicKey(algorithm, std::string(der), std::move(key));
}

std::string PublicKey::Fingerprint() const { return Base64UrlEncode(Sha256(spki_)); }

bool PublicKey::Verify(absl::string_view data, absl::string_view signature) const {
  if (signature.size() != kSignatureSize) return false;
  const bool valid = algorithm_ == Algorithm::kEs256 ? VerifyEs256(key_.get(), data, signature)
                                                     : VerifyEd25519(key_.get(), data, signature);
  if (!valid) ERR_clear_error();
  return valid;
}

absl::StatusOr<PrivateKey> PrivateKey::FromHandle(Handle key) {
  ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::FromSpki(SpkiOf(key.get())));
  return PrivateKey(std::move(public_key), std::move(key));
}

PrivateKey PrivateKey::Generate(Algorithm algorithm) {
  Handle key =
      Own(algorithm == Algorithm::kEs256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                         : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  CHECK(key != nullptr) << "OpenSSL cannot make a key";
  auto private_key = FromHandle(std::move(key));
  CHECK_OK(private_key);
  return *std::move(private_key);
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return Invalid("not a PEM private key");
  Handle key = Own(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (key == nullptr) return Invalid("not an unencrypted PEM private key");
  ASSIGN_OR_RETURN(PrivateKey private_key, FromHandle(key));
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_pairwise_check(context.get()) != 1) {
    return Invalid("the private key does not belong to its public key");
  }
  return private_key;
}

std::string PrivateKey::ToPem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  char* data = nullptr;
  CHECK(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0,
                                                        nullptr, nullptr) == 1)
      << "OpenSSL cannot write a key";
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<std::string> PrivateKey::Sign(absl::string_view data) const {
  return algorithm() == Algorithm::kEs256 ? SignEs256(key_.get(), data)
                                          : SignEd25519(key_.get(), data);
}

}  // namespace eid::crypto
