// SPDX-License-Identifier: Apache-2.0
#include "common/fault/fault.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>

#include "common/testing/catch.h"

namespace eid::fault {
namespace {

constexpr int kKilled = 137;
constexpr int kAborted = 134;

// How a process ends that has the variable and does `work`. The environment is read once in a
// process, so this one never looks.
int EndOf(const char* variable, const char* value, const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    setenv(variable, value, 1);
    // What a wrong setting says, and Catch2 of it, is not for this test's output.
    close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    _exit(work());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int Arrive(const char* name, int times) {
  for (int i = 0; i < times; ++i) Point(name);
  return 0;
}

TEST_CASE("a point ends the process at the n-th arrival, and only there") {
  const auto end = [](const char* setting, int arrivals) {
    return EndOf("EID_FAILPOINT", setting, [&] { return Arrive("here", arrivals); });
  };
  CHECK(end("here:3", 2) == 0);
  CHECK(end("here:3", 3) == (kEnabled ? kKilled : 0));
  CHECK(end("there:1", 3) == 0);
  CHECK(end("", 3) == 0);
}

TEST_CASE("a point that nobody can mean is refused") {
  if (!kEnabled) return;
  for (const char* setting : {"here", "here:", "here:0", "here:-1", "here:x", "here:1:2"}) {
    CAPTURE(setting);
    CHECK(EndOf("EID_FAILPOINT", setting, [] { return Arrive("here", 1); }) == kAborted);
  }
}

TEST_CASE("a mutant is the one that is named") {
  const auto is = [](const char* setting, const char* name) {
    return EndOf("EID_MUTANT", setting, [&] { return Mutant(name) ? 1 : 0; }) == 1;
  };
  CHECK(is("sync_off", "sync_off") == kEnabled);
  CHECK_FALSE(is("sync_off", "sync"));
  CHECK_FALSE(is("", "sync_off"));
}

}  // namespace
}  // namespace eid::fault
