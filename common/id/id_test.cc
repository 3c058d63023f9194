// SPDX-License-Identifier: Apache-2.0
#include "common/id/id.h"

#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

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

TEST_CASE("threads never draw the same") {
  std::mutex mutex;
  std::set<std::string> seen;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const std::string id = IdSource::Real().NewId();
        const std::lock_guard<std::mutex> lock(mutex);
        seen.insert(id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(seen.size() == 2000);
}

TEST_CASE("what is forked off never draws what its parent draws") {
  constexpr size_t kIds = 100;
  constexpr size_t kLength = 26;
  std::set<std::string> seen = {IdSource::Real().NewId()};
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string ids;
    for (size_t i = 0; i < kIds; ++i) ids += IdSource::Real().NewId();
    // A pipe takes so little at once.
    const bool written = write(ends[1], ids.data(), ids.size()) == static_cast<ssize_t>(ids.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  for (size_t i = 0; i < kIds; ++i) seen.insert(IdSource::Real().NewId());
  std::string ids(kIds * kLength, 0);
  REQUIRE(read(ends[0], ids.data(), ids.size()) == static_cast<ssize_t>(ids.size()));
  close(ends[0]);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  for (size_t i = 0; i < kIds; ++i) seen.insert(ids.substr(i * kLength, kLength));
  CHECK(seen.size() == 1 + 2 * kIds);
}

}  // namespace
}  // namespace eid
