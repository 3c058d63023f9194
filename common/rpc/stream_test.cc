// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/stream.h"

#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::CallOfPublic;
using testing::ContextOf;

struct World {
  PolicyMap policies = Value(PolicyMap::Build({testing::kEcho}));
  Pipeline pipeline = testing::TestPipeline(policies);
  testing::EchoRpc echo{pipeline};
  testing::InProcess server{{&echo}};
  std::unique_ptr<EchoService::Stub> stub = EchoService::NewStub(server.channel());
};

Echo Text(std::string text, std::string how = "") {
  Echo echo;
  echo.set_text(std::move(text));
  echo.set_how(std::move(how));
  return echo;
}

std::pair<std::string, absl::Status> Spell(World& world, const std::string& text) {
  auto context = ContextOf(CallOfPublic());
  auto reader = world.stub->Spell(context.get(), Text(text));
  std::string heard;
  for (Echo echo; reader->Read(&echo);) heard += echo.text();
  return {heard, FromGrpc(reader->Finish())};
}

TEST_CASE("a download sends every message, then its status") {
  World world;
  CHECK(Spell(world, "abc") == std::make_pair(std::string("abc"), absl::OkStatus()));
  const auto [heard, status] = Spell(world, "ab!c");
  CHECK(heard == "ab");
  CHECK(status.code() == absl::StatusCode::kAborted);
  CHECK(Spell(world, "").second.code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a download whose reader goes away ends") {
  World world;
  auto context = ContextOf(CallOfPublic());
  auto reader = world.stub->Spell(context.get(), Text(std::string(100'000, 'x')));
  Echo echo;
  REQUIRE(reader->Read(&echo));
  context->TryCancel();
  CHECK(reader->Finish().error_code() == grpc::StatusCode::CANCELLED);
}

TEST_CASE("an upload is answered at its end") {
  World world;
  auto context = ContextOf(CallOfPublic());
  Echo response;
  auto writer = world.stub->Collect(context.get(), &response);
  for (const char* part : {"a", "b", "c"}) REQUIRE(writer->Write(Text(part)));
  writer->WritesDone();
  CHECK_OK(FromGrpc(writer->Finish()));
  CHECK(response.text() == "abc");
}

TEST_CASE("an upload ends with the first error") {
  World world;
  auto context = ContextOf(CallOfPublic());
  Echo response;
  auto writer = world.stub->Collect(context.get(), &response);
  REQUIRE(writer->Write(Text("a", "fail")));
  CHECK(FromGrpc(writer->Finish()).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("an upload that breaks off is not taken for a whole one") {
  World world;
  auto context = ContextOf(CallOfPublic());
  Echo response;
  auto writer = world.stub->Collect(context.get(), &response);
  REQUIRE(writer->Write(Text("a")));
  context->TryCancel();
  CHECK(FromGrpc(writer->Finish()).code() == absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace eid::rpc
