// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/one_poller.h"

#include <algorithm>
#include <set>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/peer.h"
#include "common/rpc/testing/trunk_world.h"

namespace eid::rpc {
namespace {

using rpctest::v1::Echo;
using testing::kSay;
using World = testing::TrunkWorld;

// The threads that answered so many calls.
std::set<std::thread::id> Answering(PeerChannel& peer, int calls) {
  absl::Mutex mutex;
  std::set<std::thread::id> threads;
  absl::BlockingCounter left(calls);
  const PeerMethod<Echo, Echo> say(kSay);
  for (int i = 0; i < calls; ++i) {
    Echo request;
    request.set_text(absl::StrCat(i));
    peer.Call(say, request, {}, [&, i](absl::StatusOr<Echo> echo) {
      {
        absl::MutexLock lock(&mutex);
        CHECK(echo.ok());
        threads.insert(std::this_thread::get_id());
      }
      left.DecrementCount();
    });
  }
  left.Wait();
  return threads;
}

TEST_CASE("while a poller sleeps everything is done by the others") {
  World world;
  PeerChannel peer(world.server->channel(), /*carries=*/false);
  const OnePoller one(2);
  REQUIRE(one.holds());
  const auto threads = Answering(peer, 200);
  // As many as gRPC 1.51 has (completion_queue_cc.cc), but for one.
  CHECK(threads.size() < std::clamp(std::thread::hardware_concurrency() / 2, 2U, 16U));
  // A second may not take the last thread away; on a machine where there are more it sleeps, too.
  {
    const OnePoller second(2);
    CHECK_FALSE(Answering(peer, 20).empty());
  }
  CHECK_FALSE(Answering(peer, 20).empty());
}

TEST_CASE("on a larger machine gRPC polls as it likes") {
  const OnePoller none(3);
  CHECK_FALSE(none.holds());
}

TEST_CASE("a poller that slept is there again") {
  World world;
  PeerChannel peer(world.server->channel(), /*carries=*/false);
  for (int i = 0; i < 3; ++i) {
    const OnePoller one(1);
    CHECK(one.holds());
    CHECK_FALSE(Answering(peer, 20).empty());
  }
  CHECK_FALSE(Answering(peer, 20).empty());
}

}  // namespace
}  // namespace eid::rpc
