// SPDX-License-Identifier: Apache-2.0
#include "common/clock/clock.h"

#include <ctime>

#include "common/testing/catch.h"

namespace eid {
namespace {

TEST_CASE("the real clock tells the machine's time") {
  const absl::Time before = absl::FromTimeT(std::time(nullptr) - 1);
  const absl::Time now = Clock::Real().TimeNow();
  CHECK(now >= before);
  CHECK(now <= absl::FromTimeT(std::time(nullptr) + 1));
}

}  // namespace
}  // namespace eid
