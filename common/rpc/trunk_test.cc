// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/trunk.h"

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/testing/trunk_world.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/trunk/v1/trunk_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;
using rpctest::v1::Echo;
using testing::CallOfHolder;
using testing::Carried;
using testing::kEnsure;
using testing::kSay;
using testing::kSayAsHolder;
using testing::Text;
using World = testing::TrunkWorld;

TEST_CASE("a carried call is served like one that comes by itself") {
  World world;
  const Call holder = CallOfHolder("an");
  const Echo echo = Value(world.Run({.method = kSayAsHolder,
                                     .token = holder.token,
                                     .request_tag = "tag-1",
                                     .client = "192.0.2.7",
                                     .request = Text("hello")}));
  CHECK(echo.text() == "hello");
  CHECK(echo.caller() == "account:an");
  CHECK(echo.request_tag() == "tag-1");
  CHECK(echo.client() == "192.0.2.7");
}

TEST_CASE("a carried call without a tag gets one, and a bad one is replaced") {
  World world;
  CHECK(IsRequestTag(Value(world.Run({.method = kSay, .request = Text("a")})).request_tag()));
  const Echo echo =
      Value(world.Run({.method = kSay, .request_tag = "not a tag", .request = Text("a")}));
  CHECK(IsRequestTag(echo.request_tag()));
}

TEST_CASE("the errors of carried calls come with their details, and what is ours stays inside") {
  World world;
  const absl::Status failed = world.Run({.method = kSay, .request = Text("a", "fail")}).status();
  CHECK(failed.code() == absl::StatusCode::kAborted);
  CHECK(HasReason(failed, policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK(DetailOf<google::rpc::RetryInfo>(failed).has_value());
  const absl::Status internal =
      world.Run({.method = kSay, .request = Text("a", "internal")}).status();
  CHECK(internal.code() == absl::StatusCode::kInternal);
  CHECK(internal.message().find("/dev/secret") == std::string::npos);
  CHECK(world.Run({.method = kSay, .request = Text("a", "drop")}).status().code() ==
        absl::StatusCode::kInternal);
  CHECK(Value(world.Run({.method = kSay, .request = Text("a", "twice")})).text() == "a");
  CHECK(Value(world.Run({.method = kSay, .request = Text("a", "thread")})).text() == "a");
}

TEST_CASE("the policies hold for carried calls") {
  World world;
  CHECK(world.Run({.method = kSayAsHolder, .request = Text("a")}).status().code() ==
        absl::StatusCode::kUnauthenticated);
  CHECK(world.Run({.method = kSayAsHolder, .token = "forged", .request = Text("a")})
            .status()
            .code() == absl::StatusCode::kUnauthenticated);
  // The gateway may not call it in its own name; approval may.
  CHECK(world.Run({.method = kEnsure, .request = Text("a")}).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(Value(World("approval").Run({.method = kEnsure, .request = Text("a")})).caller() ==
        "service:approval");
  const auto soon = testing::In(absl::Milliseconds(2));
  const Carried late = world.TrySend({.method = kSay, .deadline = soon, .request = Text("a")});
  if (late != nullptr) {
    CHECK(World::AnswerOf(late).status().code() == absl::StatusCode::kDeadlineExceeded);
  }
}

TEST_CASE("who may not have a trunk gets none") {
  for (const std::string peer : {"", "verification"}) {
    World world(peer);
    INFO(peer);
    // The first look asks for it, and is refused within the time of a call that goes by itself.
    for (int i = 0; i < 200; ++i) {
      CHECK(world.TrySend({.method = kSay, .request = Text("a")}) == nullptr);
      grpc::ClientContext context;
      Echo request, response;
      CHECK(rpctest::v1::EchoService::NewStub(world.server->channel())
                ->Say(&context, request, &response)
                .ok());
    }
  }
}

TEST_CASE("what is no call of the contract is refused alone") {
  World world;
  const auto code = [&](const char* method, std::string request) {
    return world.Run({.method = method, .request = std::move(request)}).status();
  };
  CHECK(HasReason(code("/rpctest.v1.EchoService/Shout", Text("a")),
                  policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  CHECK(HasReason(code("/rpctest.v1.EchoService/Watch", Text("a")),
                  policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  CHECK(HasReason(code("", Text("a")), policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  CHECK(HasReason(code(kSay, "\xff\xff"), policy::v1::COMMON_REASON_INVALID_REQUEST));
  CHECK(HasReason(code(kSay, Text("\xc3\x28")), policy::v1::COMMON_REASON_INVALID_REQUEST));
  CHECK(Value(world.Run({.method = kSay, .request = Text("still here")})).text() == "still here");
}

TEST_CASE("many calls at once are each answered once, with their own answer") {
  World world;
  world.Send({.method = kSay, .request = Text("first")})->done.WaitForNotification();
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::pair<std::string, Carried>> sent;
      for (int i = 0; i < 200; ++i) {
        const std::string text = absl::StrCat(t, "/", i);
        const Carried one =
            world.TrySend({.method = kSay, .request = Text(text, i % 50 == 0 ? "thread" : "")});
        if (one == nullptr) {
          ++wrong;
        } else {
          sent.emplace_back(text, one);
        }
      }
      for (const auto& [text, one] : sent) {
        one->done.WaitForNotification();
        Echo echo;
        if (!one->status.ok() || !echo.ParseFromString(one->response) || echo.text() != text) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a call that is not answered ends at its deadline, and when it is given up") {
  World world;
  world.Send({.method = kSay, .request = Text("first")})->done.WaitForNotification();
  const Carried late = world.TrySend({.method = kSay,
                                      .deadline = testing::In(absl::Milliseconds(50)),
                                      .request = Text("a", "hang")});
  REQUIRE(late != nullptr);
  CHECK(World::AnswerOf(late).status().code() == absl::StatusCode::kDeadlineExceeded);
  const uint64_t id = world.trunk.NewId();
  const Carried given_up = world.Send({.method = kSay, .request = Text("a", "hang")}, id);
  world.echo.AwaitHeld(2);
  world.trunk.Cancel(id);
  CHECK(World::AnswerOf(given_up).status().code() == absl::StatusCode::kCancelled);
  world.trunk.Cancel(id);
  // Their answers go nowhere.
  world.echo.Release();
  CHECK(Value(world.Run({.method = kSay, .request = Text("after")})).text() == "after");
}

TEST_CASE("a server that leaves answers what it was asked, and is asked no more") {
  World world;
  const Carried held = world.Send({.method = kSay, .request = Text("held", "hang")});
  world.echo.AwaitHeld(1);
  world.near_end.Leave();
  const absl::Time until = testing::In(absl::Seconds(10));
  Carried between;
  std::vector<Carried> sent;
  while ((between = world.TrySend({.method = kSay, .request = Text("between")})) != nullptr &&
         Clock::Real().TimeNow() < until) {
    sent.push_back(between);
  }
  CHECK(between == nullptr);
  for (const Carried& one : sent) CHECK(Value(World::AnswerOf(one)).text() == "between");
  CHECK(!held->done.HasBeenNotified());
  world.echo.Release();
  CHECK(Value(World::AnswerOf(held)).text() == "held");
  // With all answered the stream ends by itself: a stop does not have to cancel it.
  world.server->server().Shutdown();
}

TEST_CASE("a trunk that breaks ends its calls with UNAVAILABLE") {
  World world;
  const Carried held = world.Send({.method = kSay, .request = Text("held", "hang")});
  world.echo.AwaitHeld(1);
  std::thread killer(
      [&] { world.server->server().Shutdown(absl::ToChronoTime(absl::UnixEpoch())); });
  CHECK(World::AnswerOf(held).status().code() == absl::StatusCode::kUnavailable);
  // The handlers of a server are waited for whatever became of their callers.
  world.echo.Release();
  killer.join();
  CHECK(world.TrySend({.method = kSay, .request = Text("a")}) == nullptr);
}

// A near end that says that it leaves with the first answer of every stream.
class LeavingEnd final : public trunk::v1::TrunkService::CallbackService {
 public:
  grpc::ServerBidiReactor<trunk::v1::CarryRequest, trunk::v1::CarryResponse>* Carry(
      grpc::CallbackServerContext*) override {
    return new Stream;
  }

 private:
  class Stream final
      : public grpc::ServerBidiReactor<trunk::v1::CarryRequest, trunk::v1::CarryResponse> {
   public:
    Stream() {
      StartWrite(&hello_);
      StartRead(&request_);
    }
    void OnWriteDone(bool) override { AnswerWhenBoth(); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      AnswerWhenBoth();
    }
    void OnDone() override { delete this; }

   private:
    // Once the word that calls are taken is out and the first call is in.
    void AnswerWhenBoth() {
      if (++done_ != 2) return;
      for (auto& call : *request_.mutable_calls()) {
        auto& answer = *answers_.add_answers();
        answer.set_id(call.id());
        answer.set_response(std::move(*call.mutable_request()));
      }
      answers_.set_leaving(true);
      StartWrite(&answers_);
      StartRead(&request_);
    }

    std::atomic<int> done_{0};
    trunk::v1::CarryRequest request_;
    trunk::v1::CarryResponse hello_, answers_;
  };
};

TEST_CASE("a trunk that has ended is opened again") {
  LeavingEnd end;
  testing::InProcess server({&end});
  Trunk trunk(server.channel());
  for (const char* text : {"first", "again", "and again"}) {
    const Carried sent = testing::Send(trunk, {.method = kSay, .request = Text(text)});
    CHECK(Value(World::AnswerOf(sent)).text() == text);
  }
}

TEST_CASE("what a trunk cannot carry goes by itself") {
  World world;
  world.Send({.method = kSay, .request = Text("first")})->done.WaitForNotification();
  Trunk::Call large{.method = kSay,
                    .deadline = testing::In(absl::Seconds(30)),
                    .request = Text(std::string(Trunk::kMaxRequestBytes + 1, 'a'))};
  CHECK(!world.trunk.Send(world.trunk.NewId(), large, nullptr));
  CHECK(large.request.size() > Trunk::kMaxRequestBytes);
  CHECK(world.TrySend({.method = kSay, .deadline = testing::In(-absl::Seconds(1))}) == nullptr);
  std::vector<Carried> held;
  for (size_t i = 0; i < Trunk::kMaxUnderWay; ++i) {
    held.push_back(world.TrySend({.method = kSay, .request = Text("a", "hang")}));
    REQUIRE(held.back() != nullptr);
  }
  CHECK(world.TrySend({.method = kSay, .request = Text("one more")}) == nullptr);
  world.echo.AwaitHeld(held.size());
  world.echo.Release();
  for (const Carried& one : held) CHECK_OK(World::AnswerOf(one));
}

TEST_CASE("what was given up takes up room until the peer has answered it") {
  World world;
  world.Send({.method = kSay, .request = Text("first")})->done.WaitForNotification();
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < Trunk::kMaxUnderWay; ++i) {
    ids.push_back(world.trunk.NewId());
    REQUIRE(world.TrySend({.method = kSay, .request = Text("a", "hang")}, ids.back()) != nullptr);
  }
  world.echo.AwaitHeld(ids.size());
  for (const uint64_t id : ids) world.trunk.Cancel(id);
  CHECK(world.TrySend({.method = kSay, .request = Text("b")}) == nullptr);
  world.echo.Release();
  CHECK(Value(world.Run({.method = kSay, .request = Text("c")})).text() == "c");
}

TEST_CASE("a trunk that goes ends its calls, and no others") {
  World world;
  const Carried held = world.Send({.method = kSay, .request = Text("held", "hang")});
  Carried ended;
  {
    Trunk going{world.server->channel()};
    ended = testing::Send(going, {.method = kSay, .request = Text("a", "hang")});
    world.echo.AwaitHeld(2);
  }
  // By who went, and not by the stream's end.
  CHECK(World::AnswerOf(ended).status().code() == absl::StatusCode::kCancelled);
  CHECK(!held->done.HasBeenNotified());
  world.echo.Release();
  CHECK_OK(World::AnswerOf(held));
}

}  // namespace
}  // namespace eid::rpc
