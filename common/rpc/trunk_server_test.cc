// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/trunk_server.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/rpc/testing/trunk_world.h"
#include "common/status/status.h"
#include "common/sync/turn.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/trunk/v1/trunk_service.grpc.pb.h"

namespace eid::rpc {
namespace {

using testing::kSay;
using testing::Text;
using World = testing::TrunkWorld;

// The near end alone, as a program sees it that writes what it likes.
struct Wild {
  explicit Wild(World& world)
      : stub(trunk::v1::TrunkService::NewStub(world.server->channel())),
        stream(stub->Carry(&context)) {
    trunk::v1::CarryResponse hello;
    REQUIRE(stream->Read(&hello));
    CHECK(hello.answers().empty());
  }

  static void Add(trunk::v1::CarryRequest& request, uint64_t id, std::string echo,
                  const char* method = kSay) {
    auto* call = request.add_calls();
    call->set_id(id);
    call->set_method(method);
    call->set_request(std::move(echo));
    call->mutable_timeout()->set_seconds(30);
  }
  // All that comes, by id, until there are so many or the stream ends.
  std::map<uint64_t, trunk::v1::CarriedAnswer> Answers(size_t count) {
    std::map<uint64_t, trunk::v1::CarriedAnswer> answers;
    trunk::v1::CarryResponse response;
    while (answers.size() < count && stream->Read(&response)) {
      CHECK(response.ByteSizeLong() <= 256 * 1024);
      for (const auto& answer : response.answers()) {
        CHECK(answers.emplace(answer.id(), answer).second);
      }
    }
    return answers;
  }

  grpc::ClientContext context;
  std::unique_ptr<trunk::v1::TrunkService::Stub> stub;
  std::unique_ptr<grpc::ClientReaderWriter<trunk::v1::CarryRequest, trunk::v1::CarryResponse>>
      stream;
};

TEST_CASE("calls that come with the end of the stream are all answered before it ends") {
  World world;
  for (int round = 0; round < 100; ++round) {
    Wild wild(world);
    trunk::v1::CarryRequest request;
    for (uint64_t id = 1; id <= 20; ++id) Wild::Add(request, id, Text("a", id % 5 ? "" : "thread"));
    REQUIRE(wild.stream->Write(request));
    REQUIRE(wild.stream->WritesDone());
    CHECK(wild.Answers(1000).size() == 20);
    CHECK(wild.stream->Finish().ok());
  }
}

TEST_CASE("what a thread answers in one turn goes out in one message") {
  World world;
  constexpr uint64_t kCalls = 20;
  const bool later = GENERATE(false, true);
  INFO((later ? "answered later" : "answered while their message is read"));
  // What is still being done about the message before may take some of them along.
  int together = 0;
  for (int round = 0; round < 10 && together < static_cast<int>(kCalls); ++round) {
    Wild wild(world);
    trunk::v1::CarryRequest request;
    for (uint64_t id = 1; id <= kCalls; ++id)
      Wild::Add(request, id, Text("a", later ? "hang" : ""));
    REQUIRE(wild.stream->Write(request));
    if (later) {
      world.echo.AwaitHeld(kCalls);
      const Turn turn;
      world.echo.Release();
    }
    trunk::v1::CarryResponse first;
    REQUIRE(wild.stream->Read(&first));
    together = first.answers_size();
    CHECK(wild.Answers(kCalls - static_cast<size_t>(together)).size() +
              static_cast<size_t>(together) ==
          kCalls);
  }
  CHECK(together == kCalls);
}

TEST_CASE("a trunk takes so many calls, and refuses the next alone") {
  World world;
  Wild wild(world);
  uint64_t id = 0;
  while (id < TrunkServer::kMaxUnderWay) {
    trunk::v1::CarryRequest request;
    for (int i = 0; i < 128; ++i) Wild::Add(request, ++id, Text("a", "hang"));
    REQUIRE(wild.stream->Write(request));
  }
  world.echo.AwaitHeld(TrunkServer::kMaxUnderWay);
  trunk::v1::CarryRequest more;
  Wild::Add(more, ++id, Text("one more"));
  REQUIRE(wild.stream->Write(more));
  const auto refused = wild.Answers(1);
  REQUIRE(refused.count(id) == 1);
  const auto& answer = refused.at(id);
  CHECK(HasReason(FromGrpc(grpc::Status(static_cast<grpc::StatusCode>(answer.code()),
                                        answer.message(), answer.details())),
                  policy::v1::COMMON_REASON_OVERLOADED));
  world.echo.Release();
  CHECK(wild.Answers(TrunkServer::kMaxUnderWay).size() == TrunkServer::kMaxUnderWay);
  wild.stream->WritesDone();
  CHECK(wild.stream->Finish().ok());
}

TEST_CASE("a server that leaves says so to whoever comes, and answers what still comes") {
  World world;
  world.near_end.Leave();
  Wild wild(world);
  trunk::v1::CarryResponse response;
  REQUIRE(wild.stream->Read(&response));
  CHECK(response.leaving());
  trunk::v1::CarryRequest request;
  Wild::Add(request, 1, Text("a"));
  REQUIRE(wild.stream->Write(request));
  REQUIRE(wild.stream->WritesDone());
  CHECK(wild.Answers(1000).size() == 1);
  CHECK(wild.stream->Finish().ok());
}

TEST_CASE("large answers come one by one, and one that is too large is an error of its own") {
  World world;
  Wild wild(world);
  trunk::v1::CarryRequest request;
  for (uint64_t id = 1; id <= 3; ++id) Wild::Add(request, id, Text(std::string(60'000, 'a')));
  REQUIRE(wild.stream->Write(request));
  for (const auto& [id, answer] : wild.Answers(3)) {
    CHECK(answer.code() == 0);
    CHECK(answer.response().size() > 60'000);
  }
  trunk::v1::CarryRequest odd;
  Wild::Add(odd, 0, Text("huge", "huge"));
  Wild::Add(odd, 5, Text("b"));
  odd.mutable_calls(1)->mutable_timeout()->set_seconds(-5);
  Wild::Add(odd, 6, Text("c"));
  odd.mutable_calls(2)->clear_timeout();
  Wild::Add(odd, 7, Text("d"));
  odd.mutable_calls(3)->mutable_timeout()->set_seconds(int64_t{1} << 62);
  REQUIRE(wild.stream->Write(odd));
  const auto answers = wild.Answers(4);
  REQUIRE(answers.size() == 4);
  CHECK(answers.at(0).code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(answers.at(5).code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK(answers.at(6).code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK(answers.at(7).code() == grpc::StatusCode::OK);
}

}  // namespace
}  // namespace eid::rpc
