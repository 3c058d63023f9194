// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/password.h"

#include <ctime>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace eid::crypto {
namespace {

using testing::Value;

// Quick, and distinct from the default.
const PasswordParams kQuick = {.memory_kib = 64, .iterations = 1};

TEST_CASE("Argon2id: examples of the reference implementation") {
  struct Case {
    const char* password;
    const char* phc;
    bool matches;
  };
  const Case cases[] = {
      {"password",
       "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
       true},
      {"password",
       "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
       true},
      {"differentpassword",
       "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
       true},
      {"Password",
       "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
       false},
  };
  for (const Case& c : cases) CHECK(VerifyPassword(c.password, c.phc, {}) == c.matches);
}

TEST_CASE("the default is OWASP's least, written in the string") {
  const std::string phc = Value(HashPassword("correct horse", {}));
  CHECK_THAT(phc, Catch::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(VerifyPassword("correct horse", phc, {}));
  CHECK_FALSE(VerifyPassword("correct horsf", phc, {}));
  CHECK_FALSE(NeedsRehash(phc, {}));
}

TEST_CASE("the same password hashes to another string each time") {
  CHECK(Value(HashPassword("a", kQuick)) != Value(HashPassword("a", kQuick)));
}

TEST_CASE("passwords are taken whole, up to the limit") {
  struct Case {
    std::string password;
    bool ok;
  };
  const Case cases[] = {
      {"", false},
      {std::string(64, 'a'), true},
      {std::string(65, 'a'), true},
      {std::string(128, 'a'), true},
      {"Mật khẩu của tôi, dài và có dấu", true},
      {std::string("nul\0inside", 10), true},
      {std::string(kMaxPasswordBytes, 'a'), true},
      {std::string(kMaxPasswordBytes + 1, 'a'), false},
  };
  for (const Case& c : cases) {
    const auto phc = HashPassword(c.password, kQuick);
    REQUIRE(phc.ok() == c.ok);
    if (!c.ok) {
      CHECK(phc.status().code() == absl::StatusCode::kInvalidArgument);
      continue;
    }
    CHECK(VerifyPassword(c.password, *phc, kQuick));
    CHECK_FALSE(VerifyPassword(c.password.substr(0, c.password.size() - 1), *phc, kQuick));
    CHECK_FALSE(VerifyPassword(c.password + "a", *phc, kQuick));
  }
}

TEST_CASE("without the pepper a hash is of no use") {
  PasswordParams peppered = kQuick;
  peppered.pepper = "pepper";
  PasswordParams other = kQuick;
  other.pepper = "salt";
  const std::string phc = Value(HashPassword("a", peppered));
  CHECK(VerifyPassword("a", phc, peppered));
  CHECK_FALSE(VerifyPassword("a", phc, kQuick));
  CHECK_FALSE(VerifyPassword("a", phc, other));
}

TEST_CASE("NeedsRehash when the parameters differ") {
  const std::string phc = Value(HashPassword("a", kQuick));
  CHECK_FALSE(NeedsRehash(phc, kQuick));
  CHECK(NeedsRehash(phc, {}));
  CHECK(NeedsRehash(phc, {.memory_kib = 64, .iterations = 2}));
  CHECK(NeedsRehash(phc, {.memory_kib = 128, .iterations = 1}));
  CHECK(NeedsRehash("$2b$12$abc", kQuick));
}

TEST_CASE("no password matches what is no PHC string of ours") {
  const std::string tail = "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  const std::string cases[] = {
      "",
      "password",
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
      "$argon2i$v=19$m=256,t=2,p=1" + tail,
      "$argon2id$v=16$m=256,t=2,p=1" + tail,
      "$argon2id$v=19$m=256,t=2,p=2" + tail,
      "$argon2id$v=19$m=-256,t=2,p=1" + tail,
      "$argon2id$v=19$m=4294967295,t=2,p=1" + tail,
      "$argon2id$v=19$m=256,t=65,p=1" + tail,
      "$argon2id$v=19$m=256,t=2,p=1$" + std::string(200, 'A') + "$AAAA",
  };
  for (const std::string& phc : cases) {
    INFO(phc);
    CHECK_FALSE(VerifyPassword("password", phc, {}));
  }
}

TEST_CASE("a dummy hash matches nothing and is verified in full") {
  const std::string dummy = DummyHash({});
  CHECK(dummy != DummyHash({}));
  CHECK_FALSE(NeedsRehash(dummy, {}));
  const std::string real = Value(HashPassword("a", {}));
  CHECK(dummy.size() == real.size());
  const auto took = [](absl::string_view phc) {
    // Of the processor: a busy machine must not decide.
    const std::clock_t start = std::clock();
    for (int i = 0; i < 3; ++i) CHECK_FALSE(VerifyPassword("b", phc, {}));
    return std::clock() - start;
  };
  // Not a measurement: a dummy that is refused unread would take a thousandth.
  CHECK(took(dummy) * 10 > took(real));
}

}  // namespace
}  // namespace eid::crypto
