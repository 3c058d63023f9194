// SPDX-License-Identifier: Apache-2.0
#include "common/sync/turn.h"

#include <string>
#include <thread>
#include <vector>

#include "catch2/catch.hpp"

namespace eid {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("what is put off is done when the turn ends, in order") {
  Words said;
  {
    const Turn turn;
    Turn::AtEnd([&] { said.push_back("first"); });
    said.push_back("now");
    Turn::AtEnd([&] { said.push_back("second"); });
    CHECK(said == Words{"now"});
  }
  CHECK(said == Words{"now", "first", "second"});
}

TEST_CASE("without a turn it is done at once") {
  bool done = false;
  Turn::AtEnd([&] { done = true; });
  CHECK(done);
}

TEST_CASE("a turn within a turn belongs to it") {
  bool done = false;
  {
    const Turn outer;
    {
      const Turn inner;
      Turn::AtEnd([&] { done = true; });
    }
    CHECK_FALSE(done);
  }
  CHECK(done);
}

TEST_CASE("what the end of a turn puts off is done at once") {
  Words said;
  {
    const Turn turn;
    Turn::AtEnd([&] {
      Turn::AtEnd([&] { said.push_back("inner"); });
      said.push_back("outer");
    });
    Turn::AtEnd([&] { said.push_back("next"); });
  }
  CHECK(said == Words{"inner", "outer", "next"});
}

TEST_CASE("a turn is one thread's") {
  const Turn turn;
  bool done = false;
  std::thread([&] { Turn::AtEnd([&] { done = true; }); }).join();
  CHECK(done);
}

}  // namespace
}  // namespace eid
