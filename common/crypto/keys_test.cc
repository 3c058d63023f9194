// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/keys.h"

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/testing/matchers.h"

namespace eid::crypto {
namespace {

using testing::Value;

std::string Hex(absl::string_view hex) { return absl::HexStringToBytes(hex); }

const std::string kP256Header = Hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const std::string kEd25519Header = Hex("302a300506032b6570032100");

std::string Pem(absl::string_view der) {
  return absl::StrCat("-----BEGIN PRIVATE KEY-----\n", absl::Base64Escape(der),
                      "\n-----END PRIVATE KEY-----\n");
}

std::string Ed25519Pem(absl::string_view seed) {
  return Pem(absl::StrCat(Hex("302e020100300506032b657004220420"), seed));
}

TEST_CASE("Ed25519: RFC 8032 section 7.1") {
  struct Case {
    const char* seed;
    const char* point;
    const char* message;
    const char* signature;
  };
  const Case cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
       "f9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
       "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
       "4dc6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const Case& c : cases) {
    const auto key = Value(PrivateKey::FromPem(Ed25519Pem(Hex(c.seed))));
    CHECK(key.Public().Spki() == kEd25519Header + Hex(c.point));
    CHECK(HexEncode(Value(key.Sign(Hex(c.message)))) == c.signature);
    CHECK(key.Public().Verify(Hex(c.message), Hex(c.signature)));
    CHECK_FALSE(key.Public().Verify(Hex(c.message) + "x", Hex(c.signature)));
  }
}

TEST_CASE("ES256: RFC 7515 appendix A.3") {
  const std::string point =
      absl::StrCat(Value(Base64UrlDecode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
                   Value(Base64UrlDecode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")));
  const auto key = Value(PublicKey::FromSpki(kP256Header + point));
  const std::string signature = Value(Base64UrlDecode(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"));
  const std::string data =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  CHECK(key.algorithm() == Algorithm::kEs256);
  CHECK(key.Verify(data, signature));
  CHECK_FALSE(key.Verify(data + "x", signature));
}

TEST_CASE("what is signed is verified, what is altered is not") {
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEd25519}) {
    const PrivateKey key = PrivateKey::Generate(algorithm);
    const PrivateKey other = PrivateKey::Generate(algorithm);
    CHECK(key.algorithm() == algorithm);
    for (int i = 0; i < 50; ++i) {  // Enough for halves with leading zeros.
      const std::string data = absl::StrCat("message ", i);
      const std::string signature = Value(key.Sign(data));
      REQUIRE(signature.size() == 64);
      REQUIRE(key.Public().Verify(data, signature));
      REQUIRE_FALSE(other.Public().Verify(data, signature));
      std::string altered = signature;
      altered[i] ^= 1;
      REQUIRE_FALSE(key.Public().Verify(data, altered));
    }
  }
}

TEST_CASE("a malformed signature is not valid") {
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEd25519}) {
    const PrivateKey key = PrivateKey::Generate(algorithm);
    const std::string good = Value(key.Sign("m"));
    const std::string order =
        Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const std::string cases[] = {
        "",
        good.substr(1),
        good + '\0',
        std::string(64, '\0'),
        std::string(64, '\xff'),
        good.substr(0, 32) + std::string(32, '\0'),
        std::string(32, '\0') + good.substr(32),
        order + good.substr(32),
        good.substr(0, 32) + order,
        good.substr(32) + good.substr(0, 32),
    };
    for (const std::string& signature : cases) {
      INFO(HexEncode(signature));
      CHECK_FALSE(key.Public().Verify("m", signature));
    }
  }
}

TEST_CASE("PEM and SubjectPublicKeyInfo come back") {
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEd25519}) {
    const PrivateKey key = PrivateKey::Generate(algorithm);
    const PrivateKey again = Value(PrivateKey::FromPem(key.ToPem()));
    CHECK(again.Public() == key.Public());
    CHECK(key.Public().Verify("m", Value(again.Sign("m"))));
    const PublicKey read = Value(PublicKey::FromSpki(key.Public().Spki()));
    CHECK(read.algorithm() == algorithm);
    CHECK(read == key.Public());
    CHECK(read.Fingerprint() == Base64UrlEncode(Sha256(key.Public().Spki())));
    CHECK(read.Fingerprint().size() == 43);
  }
}

TEST_CASE("FromSpki takes nothing but a sound P-256 or Ed25519 key in its one encoding") {
  const std::string p256 = PrivateKey::Generate(Algorithm::kEs256).Public().Spki();
  const std::string ed25519 = PrivateKey::Generate(Algorithm::kEd25519).Public().Spki();
  std::string off_curve = p256;
  off_curve.back() ^= 1;
  std::string infinity = Hex("301a301306072a8648ce3d020106082a8648ce3d03010703030000");
  const std::string x = p256.substr(27, 32);
  struct Case {
    const char* what;
    std::string der;
  };
  const Case cases[] = {
      {"nothing", ""},
      {"text", "hello"},
      {"a byte too many", p256 + '\0'},
      {"a byte too few", p256.substr(0, p256.size() - 1)},
      {"Ed25519 with a byte too many", ed25519 + '\0'},
      {"off the curve", off_curve},
      {"zero point", kP256Header + std::string(64, '\0')},
      {"coordinates beyond the field", kP256Header + std::string(64, '\xff')},
      {"point at infinity", infinity},
      {"compressed point",
       Hex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + "\x02" + x},
      {"P-384",
       Hex("3076301006072a8648ce3d020106052b81040022036200") + "\x04" + std::string(96, '\x01')},
      {"secp256k1", Hex("3056301006072a8648ce3d020106052b8104000a03420004") +
                        Hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")},
      {"X25519", Hex("302a300506032b656e032100") + std::string(32, '\x09')},
      {"Ed25519 of order 1", kEd25519Header + "\x01" + std::string(31, '\0')},
      {"Ed25519 of order 4", kEd25519Header + std::string(32, '\0')},
      {"Ed25519 of order 2", kEd25519Header + "\xec" + std::string(30, '\xff') + "\x7f"},
      {"Ed25519 not canonical", kEd25519Header + "\xee" + std::string(30, '\xff') + "\x7f"},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    CHECK(PublicKey::FromSpki(c.der).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("FromPem takes nothing but a P-256 or Ed25519 key") {
  const PrivateKey key = PrivateKey::Generate(Algorithm::kEs256);
  const std::string pem = key.ToPem();
  const char* const kEncrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBD5MLGeEKEFW/PfKvkV\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  // A key for another purpose, and a P-256 key whose public half is of another one.
  const std::string x25519 = Pem(Hex("302e020100300506032b656e04220420") + std::string(32, '\x11'));
  const std::string mine =
      Hex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420") +
      std::string(32, '\x01') + Hex("a14403420004") + key.Public().Spki().substr(27);
  const std::string cases[] = {"",         "hello", pem.substr(0, pem.size() / 2),
                               kEncrypted, x25519,  Pem(mine)};
  for (const std::string& text : cases) {
    INFO(text);
    CHECK(PrivateKey::FromPem(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("one key signs and verifies on several threads", "[threads]") {
  const PrivateKey key = PrivateKey::Generate(Algorithm::kEs256);
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto signature = key.Sign("m");
        wrong[t] += !signature.ok() || !key.Public().Verify("m", *signature);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

}  // namespace
}  // namespace eid::crypto
