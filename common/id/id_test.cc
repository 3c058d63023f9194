// SPDX-License-Identifier: Apache-2.0
#include "common/id/id.h"

#include <set>

#include "common/testing/catch.h"

namespace eid {
namespace {

TEST_CASE("an id is 26 lowercase base32 characters and never the same twice") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = IdSource::Real().NewId();
    REQUIRE(id.size() == 26);
    REQUIRE(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
    REQUIRE(seen.insert(id).second);
  }
}

TEST_CASE("every character but the last takes every value") {
  // 128 bits fill 25 characters and 3 bits of the last one.
  std::set<char> first, last;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = IdSource::Real().NewId();
    first.insert(id.front());
    last.insert(id.back());
  }
  CHECK(first.size() == 32);
  CHECK(last.size() == 8);
}

}  // namespace
}  // namespace eid
