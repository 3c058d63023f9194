// SPDX-License-Identifier: Apache-2.0
#include "common/sync/mutex.h"

#include <thread>
#include <vector>

#include "common/testing/catch.h"

namespace eid {
namespace {

struct Counter {
  Mutex mutex;
  std::condition_variable changed;
  int count ABSL_GUARDED_BY(mutex) = 0;

  int Add(int by) {
    MutexLock lock(mutex);
    count += by;
    changed.notify_all();
    return count;
  }
};

TEST_CASE("one thread at a time", "[threads]") {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) counter.Add(1);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(counter.Add(0) == 4000);
}

TEST_CASE("who waits is woken", "[threads]") {
  Counter counter;
  std::thread other([&] { counter.Add(1); });
  {
    MutexLock lock(counter.mutex);
    while (counter.count == 0) lock.Wait(counter.changed);
  }
  {
    MutexLock lock(counter.mutex);
    while (counter.count == 0) {
      lock.WaitUntil(counter.changed, std::chrono::steady_clock::time_point::max());
    }
  }
  other.join();
}

TEST_CASE("a wait until a time that has come ends") {
  Counter counter;
  MutexLock lock(counter.mutex);
  CHECK_FALSE(lock.WaitUntil(counter.changed, std::chrono::steady_clock::time_point::min()));
}

}  // namespace
}  // namespace eid
