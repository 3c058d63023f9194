// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/watch.h"

#include <atomic>
#include <thread>

#include "common/kv/database.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/eventually.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::CallOfPublic;
using testing::ContextOf;

// A feed that counts how often it is read.
class CountedFeed final : public kv::Feed {
 public:
  explicit CountedFeed(kv::Feed& feed) : feed_(feed) {}
  absl::StatusOr<std::vector<kv::FeedEntry>> Read(uint64_t after, size_t limit) const override {
    ++reads;
    return feed_.Read(after, limit);
  }
  kv::Subscription Subscribe(std::function<void(uint64_t)> changed) override {
    return feed_.Subscribe(std::move(changed));
  }

  mutable std::atomic<int> reads = 0;

 private:
  kv::Feed& feed_;
};

struct World {
  explicit World(Watches::Options options = {}, uint64_t keep = 1'000'000)
      : db(Value(kv::Database::Open({.in_memory = true, .feed_keep_entries = keep}))),
        feed(db->feed()),
        watches(feed, options) {}

  // One transaction that announces these subjects. Returns its revision.
  uint64_t Announce(std::vector<std::string> subjects) {
    return Value(db->TransactAndWait([&](kv::Txn& txn) {
      for (const std::string& subject : subjects) txn.Announce(1, subject);
      return absl::OkStatus();
    }));
  }

  std::unique_ptr<kv::Database> db;
  CountedFeed feed;
  Watches watches;
  PolicyMap policies = Value(PolicyMap::Build({testing::kEcho}));
  // While set, nobody is admitted any more.
  std::atomic<bool> closed{false};
  // Called when somebody asks for admission.
  std::function<void(const Call&)> asked = [](const Call&) {};
  Pipeline pipeline{{KnownPolicy(policies),
                     AuthorizeCalls({}),
                     {.name = "closed", .admit = [this](Call& call) -> absl::Status {
                        asked(call);
                        if (!closed) return absl::OkStatus();
                        return absl::UnauthenticatedError("the session has ended");
                      }}}};
  testing::EchoRpc echo{pipeline, &watches};
  testing::InProcess server{{&echo}};
  std::unique_ptr<EchoService::Stub> stub = EchoService::NewStub(server.channel());
};

// A watcher, past the heartbeat that every stream begins with.
struct Watcher {
  Watcher(World& world, uint64_t after, std::string how = "", const Call& caller = CallOfPublic())
      : context(ContextOf(caller)) {
    Echo request;
    request.set_after(after);
    request.set_how(std::move(how));
    reader = world.stub->Watch(context.get(), request);
    if (Echo first; reader->Read(&first)) first_revision = first.revision();
  }
  Echo Next() {
    Echo echo;
    REQUIRE(reader->Read(&echo));
    return echo;
  }
  // What comes before the stream ends.
  absl::Status End() {
    for (Echo echo; reader->Read(&echo);) {
    }
    return FromGrpc(reader->Finish());
  }

  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientReader<Echo>> reader;
  std::optional<uint64_t> first_revision;
};

TEST_CASE("a watch begins with a heartbeat and sends what is announced, in order") {
  World world;
  world.Announce({"before"});
  const uint64_t now = world.db->revision();
  Watcher watcher(world, now);
  CHECK(watcher.first_revision == now);
  world.Announce({"a"});
  world.Announce({"hidden"});
  const uint64_t last = world.Announce({"b"});
  CHECK(watcher.Next().text() == "a");
  const Echo b = watcher.Next();
  CHECK(b.text() == "b");
  CHECK(b.revision() == last);
}

TEST_CASE("a watch goes on from its token, and misses nothing of a transaction cut in two") {
  World world;
  world.Announce({"a"});
  world.Announce({"b", "c"});
  Watcher first(world, 0);
  CHECK(first.Next().text() == "a");
  const Echo b = first.Next();
  CHECK(b.text() == "b");
  first.context->TryCancel();

  Watcher second(world, b.revision());
  CHECK(second.Next().text() == "b");
  const Echo c = second.Next();
  CHECK(c.text() == "c");
  Watcher third(world, c.revision());
  world.Announce({"d"});
  CHECK(third.Next().text() == "d");
}

TEST_CASE("a long way past what a watcher is not shown") {
  World world({.batch = 3});
  for (int i = 0; i < 50; ++i) world.Announce({"hidden", "hidden"});
  world.Announce({"shown"});
  Watcher watcher(world, 0);
  CHECK(watcher.Next().text() == "shown");
}

TEST_CASE("the feed is read for news and for a heartbeat, and not again for what was sent") {
  World world({.heartbeat = absl::Milliseconds(2)});
  Watcher watcher(world, 0);
  constexpr int kHeartbeats = 40;
  for (int i = 0; i < kHeartbeats; ++i) CHECK(watcher.Next().text().empty());
  // Everything that was sent before it has arrived before it.
  world.Announce({"a"});
  int sent = kHeartbeats + 1;
  while (watcher.Next().text().empty()) ++sent;
  // Some more heartbeats may have come meanwhile.
  CHECK(world.feed.reads < sent + kHeartbeats / 2);
}

TEST_CASE("what is announced while a watcher is sent something reaches it") {
  World world({.batch = 2});
  Watcher watcher(world, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) world.Announce({"a"});
    });
  }
  for (int i = 0; i < 400; ++i) REQUIRE(watcher.Next().text() == "a");
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a heartbeat comes when nothing else does, with the latest token") {
  World world({.heartbeat = absl::Milliseconds(20)});
  Watcher watcher(world, 0);
  const uint64_t hidden = world.Announce({"hidden"});
  Echo heartbeat;
  while (heartbeat.revision() != hidden) {
    heartbeat = watcher.Next();
    CHECK(heartbeat.text().empty());
  }
  CHECK(watcher.Next().text().empty());
}

TEST_CASE("a token that is too old ends the stream with a reason") {
  World world({}, /*keep=*/1);
  for (int i = 0; i < 20; ++i) world.Announce({"a"});
  // A token of a store that was further than this one.
  Watcher watcher(world, world.db->revision() + 100);
  const absl::Status status = watcher.End();
  CHECK(status.code() == absl::StatusCode::kOutOfRange);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_RESUME_TOKEN_TOO_OLD));
}

TEST_CASE("an error of the plan or of an event ends the stream") {
  World world;
  Watcher refused(world, 0, "fail");
  CHECK_FALSE(refused.first_revision.has_value());
  CHECK(refused.End().code() == absl::StatusCode::kInvalidArgument);

  Watcher broken(world, 0);
  world.Announce({"broken"});
  CHECK(broken.End().code() == absl::StatusCode::kInternal);
}

TEST_CASE("streams are counted, and given back") {
  World world({.max_streams = 2});
  Watcher first(world, 0);
  {
    Watcher second(world, 0);
    CHECK(world.watches.open() == 2);
    const absl::Status status = Watcher(world, 0).End();
    CHECK(status.code() == absl::StatusCode::kResourceExhausted);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_OVERLOADED));
    second.context->TryCancel();
    CHECK(second.End().code() == absl::StatusCode::kCancelled);
  }
  // The place is free when the server has noticed.
  REQUIRE(Eventually([&] { return world.watches.open() == 1; }));
  Watcher third(world, 0);
  CHECK(third.first_revision.has_value());
}

TEST_CASE("one caller has so many streams and no more") {
  World world({.max_per_caller = 2});
  Watcher first(world, 0);
  Watcher second(world, 0);
  const absl::Status status = Watcher(world, 0).End();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_OVERLOADED));
}

TEST_CASE("persons take no service's place, and services none of theirs") {
  World world({.max_streams = 1, .max_service_streams = 1});
  Call person;
  Call service;
  service.peer = "org_registration";
  service.audience = policy::v1::AUDIENCE_SERVICE;
  const uint64_t place = Value(world.watches.Enter(person, [] {}));
  CHECK(world.watches.Enter(person, [] {}).status().code() == absl::StatusCode::kResourceExhausted);
  const uint64_t other = Value(world.watches.Enter(service, [] {}));
  CHECK(world.watches.Enter(service, [] {}).status().code() ==
        absl::StatusCode::kResourceExhausted);
  world.watches.Leave(place);
  world.watches.Leave(Value(world.watches.Enter(person, [] {})));
  world.watches.Leave(other);
  world.watches.Leave(Value(world.watches.Enter(service, [] {})));
  CHECK(world.watches.open() == 0);
}

TEST_CASE("a stream ends with the caller's right to it") {
  World world({.heartbeat = absl::Milliseconds(5)});
  Watcher watcher(world, 0);
  world.closed = true;
  CHECK(watcher.End().code() == absl::StatusCode::kUnauthenticated);
}

TEST_CASE("a stream has its place as long as the pipeline is asked for it") {
  // Asked for as long as the world is there.
  const Call caller = testing::CallOfHolder("held");
  std::atomic<bool> hold = false, held = false;
  World world({.max_per_caller = 9, .heartbeat = absl::Milliseconds(1)});
  world.asked = [&](const Call& call) {
    if (!hold || call.token != caller.token || held.exchange(true)) return;
    while (hold) std::this_thread::yield();
  };
  // Heartbeats that keep many threads of gRPC going.
  std::vector<std::unique_ptr<Watcher>> others;
  for (int i = 0; i < 8; ++i) others.push_back(std::make_unique<Watcher>(world, 0));
  for (int round = 0; round < 10; ++round) {
    held = false;
    Watcher watcher(world, 0, "", caller);
    hold = true;
    CHECK(Eventually([&] { return held.load(); }));
    watcher.context->TryCancel();
    CHECK(watcher.End().code() == absl::StatusCode::kCancelled);
    // Long enough for one that does not wait to be gone.
    for (int i = 0; i < 20'000 && world.watches.open() > 8; ++i) std::this_thread::yield();
    const int open = world.watches.open();
    hold = false;
    REQUIRE(open == 9);
    REQUIRE(Eventually([&] { return world.watches.open() == 8; }));
  }
}

TEST_CASE("shutdown ends every stream, idle or busy, and lets none begin") {
  World world;
  Watcher idle(world, 0);
  Watcher other(world, 0);
  world.watches.Shutdown();
  for (Watcher* watcher : {&idle, &other}) {
    const absl::Status status = watcher->End();
    CHECK(status.code() == absl::StatusCode::kUnavailable);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_SHUTTING_DOWN));
  }
  CHECK(Watcher(world, 0).End().code() == absl::StatusCode::kUnavailable);
  world.watches.Shutdown();
}

TEST_CASE("a reader who does not read holds up nobody") {
  World world;
  Watcher slow(world, 0);
  Watcher quick(world, 0);
  for (int i = 0; i < 200; ++i) world.Announce({std::string(1000, 'x')});
  for (int i = 0; i < 200; ++i) REQUIRE(quick.Next().text().size() == 1000);
  slow.context->TryCancel();
  CHECK(slow.End().code() == absl::StatusCode::kCancelled);
}

TEST_CASE("many watchers, many commits, all cancelled in the middle") {
  World world({.max_per_caller = 20, .heartbeat = absl::Milliseconds(1)});
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 20; ++i) watchers.push_back(std::make_unique<Watcher>(world, 0));
  for (int i = 0; i < 100; ++i) world.Announce({"a", "hidden"});
  for (auto& watcher : watchers) {
    watcher->Next();
    watcher->context->TryCancel();
  }
  for (auto& watcher : watchers) CHECK(watcher->End().code() == absl::StatusCode::kCancelled);
  CHECK(Eventually([&] { return world.watches.open() == 0; }));
}

}  // namespace
}  // namespace eid::rpc
