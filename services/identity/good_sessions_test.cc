// SPDX-License-Identifier: Apache-2.0
#include "services/identity/good_sessions.h"

#include "absl/strings/str_cat.h"
#include "common/testing/catch.h"

namespace eid::identity {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'800'000'000);

TEST_CASE("a session is good until its time, in the store in which it was found") {
  GoodSessions good;
  CHECK_FALSE(good.Contains(0, "s", kNoon));
  good.Add(7, "s", kNoon);
  CHECK(good.Contains(7, "s", kNoon - absl::Nanoseconds(1)));
  CHECK_FALSE(good.Contains(7, "s", kNoon));
  CHECK_FALSE(good.Contains(7, "t", kNoon - absl::Hours(1)));
  CHECK_FALSE(good.Contains(8, "s", kNoon - absl::Hours(1)));
  CHECK_FALSE(good.Contains(6, "s", kNoon - absl::Hours(1)));
}

TEST_CASE("what was found before the store changed is forgotten, and comes too late after it") {
  GoodSessions good;
  good.Add(7, "s", kNoon);
  good.Add(8, "t", kNoon);
  CHECK_FALSE(good.Contains(7, "s", kNoon - absl::Hours(1)));
  CHECK_FALSE(good.Contains(8, "s", kNoon - absl::Hours(1)));
  CHECK(good.Contains(8, "t", kNoon - absl::Hours(1)));
  good.Add(7, "u", kNoon);
  CHECK_FALSE(good.Contains(8, "u", kNoon - absl::Hours(1)));
  CHECK(good.Contains(8, "t", kNoon - absl::Hours(1)));
}

TEST_CASE("no more than so many are remembered") {
  GoodSessions good;
  for (size_t i = 0; i <= GoodSessions::kMost; ++i) good.Add(1, absl::StrCat(i), kNoon);
  CHECK(good.Contains(1, "0", kNoon - absl::Hours(1)));
  CHECK_FALSE(good.Contains(1, absl::StrCat(GoodSessions::kMost), kNoon - absl::Hours(1)));
}

}  // namespace
}  // namespace eid::identity
