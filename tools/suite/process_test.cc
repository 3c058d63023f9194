// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/process.h"

#include <signal.h>

#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"

namespace eid::suite {
namespace {

constexpr absl::Duration kAWhile = absl::Milliseconds(20);
constexpr absl::Duration kLong = absl::Seconds(30);

TEST_CASE("a process that does not end is not waited for without end") {
  const TemporaryFolder folder;
  // It holds itself, so that not even SIGTERM ends it.
  auto process = Process::Start(
      {.command = {"/bin/sh", "-c", "kill -STOP $$"}, .log_path = folder.path() + "/log"});
  REQUIRE_OK(process.status());
  CHECK_FALSE((*process)->WaitFor(kAWhile));
  (*process)->Signal(SIGTERM);
  CHECK_FALSE((*process)->WaitFor(kAWhile));
  CHECK((*process)->Running());
  (*process)->Signal(SIGKILL);
  CHECK((*process)->WaitFor(kLong));
  CHECK((*process)->Wait() == 128 + SIGKILL);
  // It has ended, and stays so.
  CHECK((*process)->WaitFor(absl::ZeroDuration()));
}

TEST_CASE("an end within the limit is seen with its code") {
  const TemporaryFolder folder;
  auto process =
      Process::Start({.command = {"/bin/sh", "-c", "exit 3"}, .log_path = folder.path() + "/log"});
  REQUIRE_OK(process.status());
  CHECK((*process)->WaitFor(kLong));
  CHECK((*process)->Wait() == 3);
}

}  // namespace
}  // namespace eid::suite
