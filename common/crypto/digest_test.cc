// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/digest.h"

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/testing/catch.h"

namespace eid::crypto {
namespace {

TEST_CASE("SHA-256: the examples of FIPS 180-4") {
  struct Case {
    std::string data;
    const char* digest;
  };
  const Case cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const Case& c : cases) {
    CHECK(HexEncode(Sha256(c.data)) == c.digest);
    Sha256Stream stream;
    for (int again = 0; again < 2; ++again) {  // Finish() begins anew.
      for (size_t at = 0; at < c.data.size(); at += 777) {
        stream.Update(absl::string_view(c.data).substr(at, 777));
      }
      CHECK(HexEncode(stream.Finish()) == c.digest);
    }
  }
}

TEST_CASE("HMAC-SHA-256: RFC 4231") {
  struct Case {
    std::string key;
    std::string data;
    const char* mac;
  };
  const Case cases[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {absl::HexStringToBytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
       std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
      {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
  };
  for (const Case& c : cases) CHECK(HexEncode(HmacSha256(c.key, c.data)) == c.mac);
}

TEST_CASE("HMAC: an empty view that points nowhere is an empty key") {
  CHECK(HmacSha256(absl::string_view(), absl::string_view()) == HmacSha256("", ""));
}

TEST_CASE("digests of several threads do not mix", "[threads]") {
  const std::string expected = HmacSha256("key", Sha256("data"));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) wrong[t] += HmacSha256("key", Sha256("data")) != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("ConstantTimeEqual") {
  CHECK(ConstantTimeEqual("", ""));
  CHECK(ConstantTimeEqual("abc", "abc"));
  CHECK_FALSE(ConstantTimeEqual("abc", "abd"));
  CHECK_FALSE(ConstantTimeEqual("abc", "ab"));
  CHECK_FALSE(ConstantTimeEqual("", "a"));
}

TEST_CASE("RandomBytes gives as many as asked for, and others each time") {
  CHECK(RandomBytes(0).empty());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(RandomBytes(16).size() == 16);
    REQUIRE(seen.insert(RandomBytes(16)).second);
  }
}

}  // namespace
}  // namespace eid::crypto
