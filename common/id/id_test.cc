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

TEST_CASE("behind the time every character but the last takes every value") {
  // 48 bits fill 9 characters and 3 bits of the next; 128 bits 25, and 3 bits of the last.
  std::set<char> at_border, first, last;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = NewIdAt(absl::UnixEpoch() + absl::Hours(500'000));
    at_border.insert(id[9]);
    first.insert(id[10]);
    last.insert(id.back());
  }
  CHECK(at_border.size() == 4);
  CHECK(first.size() == 32);
  CHECK(last.size() == 8);
}

TEST_CASE("ids sort as they were drawn") {
  const absl::Time begin = absl::FromUnixMillis(1'763'769'600'123);
  std::string before;
  for (const absl::Duration later :
       {absl::ZeroDuration(), absl::Milliseconds(1), absl::Milliseconds(2), absl::Milliseconds(31),
        absl::Seconds(1), absl::Hours(1), absl::Hours(24 * 365), absl::Hours(24 * 365 * 100)}) {
    const std::string id = NewIdAt(begin + later);
    CHECK(before < id);
    before = id;
  }
  CHECK(IdSource::Real().NewId() > NewIdAt(begin));
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
