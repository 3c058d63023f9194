// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/hash_pool.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "absl/synchronization/notification.h"
#include "common/testing/catch.h"

namespace eid::crypto {
namespace {

TEST_CASE("jobs run in their order on another thread", "[threads]") {
  std::vector<int> order;
  std::thread::id thread;
  {
    HashPool pool(1, 100);
    for (int i = 0; i < 100; ++i) {
      // The thread takes jobs meanwhile, so there is always room.
      REQUIRE(pool.Submit([&, i] {
        order.push_back(i);
        thread = std::this_thread::get_id();
      }));
    }
  }
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) REQUIRE(order[i] == i);
  CHECK(thread != std::this_thread::get_id());
}

TEST_CASE("a full queue refuses at once, and has room again later", "[threads]") {
  absl::Notification started, go, done;
  std::atomic<int> ran = 0;
  HashPool pool(1, 2);
  REQUIRE(pool.Submit([&] {
    started.Notify();
    go.WaitForNotification();
  }));
  started.WaitForNotification();  // So the queue is empty again.
  CHECK(pool.Submit([&] { ++ran; }));
  CHECK(pool.Submit([&] { ++ran, done.Notify(); }));
  CHECK(pool.queued() == 2);
  CHECK_FALSE(pool.Submit([&] { ran += 100; }));
  go.Notify();
  done.WaitForNotification();
  CHECK(pool.Submit([&] { ++ran; }));
  CHECK(ran < 100);
}

TEST_CASE("what waits is run before the pool ends", "[threads]") {
  std::atomic<int> ran = 0;
  absl::Notification go;
  std::thread opener;
  {
    HashPool pool(2, 50);
    for (int i = 0; i < 2; ++i) REQUIRE(pool.Submit([&] { go.WaitForNotification(), ++ran; }));
    int submitted = 2;
    while (pool.Submit([&] { ++ran; })) ++submitted;
    CHECK(submitted >= 50);
    opener = std::thread([&] { go.Notify(); });
    ran -= submitted;
  }
  opener.join();
  CHECK(ran == 0);
}

TEST_CASE("every thread works", "[threads]") {
  absl::Mutex mutex;
  int inside = 0;
  HashPool pool(3, 3);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(pool.Submit([&] {
      absl::MutexLock lock(&mutex);
      ++inside;
      // Ends only if all three are here at once.
      mutex.Await(absl::Condition(
          +[](int* count) { return *count == 3; }, &inside));
    }));
  }
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(
      +[](int* count) { return *count == 3; }, &inside));
  CHECK(inside == 3);
}

TEST_CASE("the pool's threads step back behind all others") {
  int nice = 0;
  {
    HashPool pool(1, 1);
    REQUIRE(pool.Submit([&] {
      nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
    }));
  }
  CHECK(nice > ::getpriority(PRIO_PROCESS, 0));
}

}  // namespace
}  // namespace eid::crypto
