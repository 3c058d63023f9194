// SPDX-License-Identifier: Apache-2.0
#include "common/log/log.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <limits>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace eid {
namespace {

// Before Catch2's CHECK takes the name.
void CheckThat(bool truth) { CHECK(truth) << "of " << 7; }
void CheckOk(const absl::Status& status) { CHECK_OK(status); }

}  // namespace
}  // namespace eid

#include "common/testing/catch.h"

namespace eid {
namespace {

// What `body` writes to stderr.
std::vector<std::string> WholeLines(const std::function<void()>& body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  std::string text;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  });
  body();
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  reader.join();
  ::close(ends[0]);
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// The same without their time.
std::vector<std::string> Lines(const std::function<void()>& body) {
  std::vector<std::string> lines = WholeLines(body);
  for (std::string& line : lines) {
    // {"time":"2025-03-03T02:00:00.000Z",
    REQUIRE(line.size() > 35);
    REQUIRE(absl::StartsWith(line, "{\"time\":\"20"));
    REQUIRE(line.substr(32, 3) == "Z\",");
    line = "{" + line.substr(35);
  }
  return lines;
}

TEST_CASE("LOG writes file, line and message") {
  int line = 0;
  const auto lines = Lines([&] {
    line = __LINE__ + 1;
    LOG(WARNING) << "peer " << 3 << " says \"hi\"\n";
  });
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == absl::StrCat(R"({"severity":"WARNING","file":"common/log/log_test.cc:)", line,
                                 R"(","message":"peer 3 says \"hi\"\n"})"));
}

TEST_CASE("a line has its time, to the millisecond") {
  const absl::Time before = Clock::Real().TimeNow();
  // Long enough to see a second end.
  const auto lines = WholeLines([&] {
    while (Clock::Real().TimeNow() < before + absl::Milliseconds(1010))
      LogEvent(Severity::kInfo, "a");
  });
  const absl::Time after = Clock::Real().TimeNow();
  absl::Time last = before - absl::Milliseconds(1);
  for (const std::string& line : lines) {
    const std::string text = line.substr(std::string("{\"time\":\"").size(), 24);
    absl::Time time;
    std::string error;
    REQUIRE(absl::ParseTime("%Y-%m-%d%ET%H:%M:%E3SZ", text, &time, &error));
    REQUIRE(time >= last);
    last = time;
  }
  CHECK(last <= after);
}

TEST_CASE("LogEvent writes typed fields") {
  const std::string text = "Hà Nội\n";
  const auto lines = Lines([&] {
    LogEvent(Severity::kInfo, "a.b",
             {{"text", text},
              {"literal", "x"},
              {"view", absl::string_view("y")},
              {"int", -1},
              {"big", std::numeric_limits<uint64_t>::max()},
              {"yes", true},
              {"half", 0.5},
              {"nothing", std::numeric_limits<double>::infinity()}});
    LogEvent(Severity::kError, "empty");
    std::vector<LogField> fields = {{"k", 1}};
    LogEvent(Severity::kInfo, "list", fields);
  });
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        R"({"severity":"INFO","event":"a.b","text":"Hà Nội\n","literal":"x","view":"y",)"
        R"("int":-1,"big":18446744073709551615,"yes":true,"half":0.5,"nothing":null})");
  CHECK(lines[1] == R"({"severity":"ERROR","event":"empty"})");
  CHECK(lines[2] == R"({"severity":"INFO","event":"list","k":1})");
}

TEST_CASE("a long text is cut") {
  const std::string text(100'000, 'x');
  const auto lines = Lines([&] { LogEvent(Severity::kInfo, "long", {{"text", text}}); });
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() < 17'000);
}

TEST_CASE("lines of several threads do not mix", "[threads]") {
  const auto lines = Lines([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) LogEvent(Severity::kInfo, "tick", {{"pad", "0123456789"}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  CHECK(lines.size() == 400);
  for (const auto& line : lines) {
    REQUIRE(line == R"({"severity":"INFO","event":"tick","pad":"0123456789"})");
  }
}

// How a child process that runs `body` ends: the signal, or 0.
int SignalOf(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST_CASE("CHECK and CHECK_OK abort, and only when they do not hold") {
  CHECK(SignalOf([] { CheckThat(true); }) == 0);
  CHECK(SignalOf([] { CheckOk(absl::OkStatus()); }) == 0);
  int first = 0, second = 0;
  const auto lines = Lines([&] {
    first = SignalOf([] { CheckThat(false); });
    second = SignalOf([] { CheckOk(absl::NotFoundError("gone")); });
  });
  CHECK(first == SIGABRT);
  CHECK(second == SIGABRT);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::Contains("check failed: truth of 7"));
  CHECK_THAT(lines[1], Catch::Contains("status: gone"));
}

TEST_CASE("FATAL aborts, after its line is written") {
  int signal = 0;
  const auto lines = Lines([&] { signal = SignalOf([] { LOG(FATAL) << "the end"; }); });
  CHECK(signal == SIGABRT);
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains(R"("severity":"FATAL")") && Catch::Contains("the end"));
}

}  // namespace
}  // namespace eid
