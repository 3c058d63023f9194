// SPDX-License-Identifier: Apache-2.0
#include "common/sync/worker_pool.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "common/testing/catch.h"

namespace eid {
namespace {

TEST_CASE("jobs run in their order on another thread", "[threads]") {
  std::vector<int> order;
  std::thread::id thread;
  {
    WorkerPool pool({.name = "test", .threads = 1, .max_queue = 100});
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
  std::latch started(1), go(1), done(1);
  std::atomic<int> ran = 0;
  WorkerPool pool({.name = "test", .threads = 1, .max_queue = 2});
  REQUIRE(pool.Submit([&] {
    started.count_down();
    go.wait();
  }));
  started.wait();  // So the queue is empty again.
  CHECK(pool.Submit([&] { ++ran; }));
  CHECK(pool.Submit([&] { ++ran, done.count_down(); }));
  CHECK(pool.queued() == 2);
  CHECK_FALSE(pool.Submit([&] { ran += 100; }));
  go.count_down();
  done.wait();
  CHECK(pool.Submit([&] { ++ran; }));
  CHECK(ran < 100);
}

TEST_CASE("what waits is run before the pool ends", "[threads]") {
  std::atomic<int> ran = 0;
  std::latch go(1);
  std::thread opener;
  {
    WorkerPool pool({.name = "test", .threads = 2, .max_queue = 50});
    for (int i = 0; i < 2; ++i) REQUIRE(pool.Submit([&] { go.wait(), ++ran; }));
    int submitted = 2;
    while (pool.Submit([&] { ++ran; })) ++submitted;
    CHECK(submitted >= 50);
    opener = std::thread([&] { go.count_down(); });
    ran -= submitted;
  }
  opener.join();
  CHECK(ran == 0);
}

TEST_CASE("every thread works", "[threads]") {
  std::latch all_here(4);  // Opens only if three jobs and this thread are here at once.
  WorkerPool pool({.name = "test", .threads = 3, .max_queue = 3});
  for (int i = 0; i < 3; ++i) REQUIRE(pool.Submit([&] { all_here.arrive_and_wait(); }));
  all_here.arrive_and_wait();
  CHECK(all_here.try_wait());
}

TEST_CASE("a pool's threads step back behind all others when they are told to") {
  int nice = 0;
  {
    WorkerPool pool({.name = "test", .low_priority = true});
    REQUIRE(pool.Submit(
        [&] { nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid))); }));
  }
  // No lower than the lowest there is.
  CHECK(nice == std::min(::getpriority(PRIO_PROCESS, 0) + 10, 19));
}

}  // namespace
}  // namespace eid
