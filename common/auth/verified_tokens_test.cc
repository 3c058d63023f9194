// SPDX-License-Identifier: Apache-2.0
#include "common/auth/verified_tokens.h"

#include "absl/strings/str_cat.h"
#include "common/testing/catch.h"

namespace eid::auth {
namespace {

Claims NewClaims() { return std::make_shared<policy::v1::AccessClaims>(); }

TokenDigest Digest(int i) { return DigestOf(absl::StrCat("token ", i)); }

TEST_CASE("what is inserted is found, until cleared") {
  VerifiedTokens tokens(10);
  CHECK(tokens.Find(Digest(1)) == nullptr);
  const auto claims = NewClaims();
  tokens.Insert(Digest(1), claims);
  tokens.Insert(Digest(1), claims);
  CHECK(tokens.Find(Digest(1)) == claims);
  CHECK(tokens.size() == 1);
  tokens.Clear();
  CHECK(tokens.Find(Digest(1)) == nullptr);
}

TEST_CASE("never more than the capacity, and the newest half is always there") {
  for (const size_t capacity :
       {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{10}, size_t{100}}) {
    VerifiedTokens tokens(capacity);
    const int half = static_cast<int>(std::max<size_t>(1, capacity / 2));
    for (int i = 0; i < 1000; ++i) {
      tokens.Insert(Digest(i), NewClaims());
      REQUIRE(tokens.size() <= std::max<size_t>(2, capacity));
      for (int back = 0; back < std::min(half, i + 1); ++back) {
        REQUIRE(tokens.Find(Digest(i - back)) != nullptr);
      }
    }
  }
}

TEST_CASE("what is used stays, what is not goes") {
  VerifiedTokens tokens(10);
  tokens.Insert(Digest(0), NewClaims());
  tokens.Insert(Digest(1), NewClaims());
  for (int i = 2; i < 50; ++i) {
    tokens.Insert(Digest(i), NewClaims());
    REQUIRE(tokens.Find(Digest(0)) != nullptr);
  }
  CHECK(tokens.Find(Digest(1)) == nullptr);
}

}  // namespace
}  // namespace eid::auth
