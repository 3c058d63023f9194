// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/generic_stub.h>

#include <deque>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/testing/eventually.h"
#include "services/gateway/testing/world.h"

namespace eid::gateway {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;
using rpc::FromGrpc;
using rpc::testing::CallOfPublic;
using rpc::testing::ContextOf;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::Text;
using testing::World;

TEST_CASE("every call has a deadline, and the backend a little less") {
  World world;
  const absl::Time start = Clock::Real().TimeNow();
  REQUIRE_OK(world.front.Say(Text("")));
  CHECK(world.backend.echo.deadline() > start + absl::Seconds(9));
  CHECK(world.backend.echo.deadline() < start + absl::Seconds(10));
  grpc::ClientContext endless;
  REQUIRE_OK(world.front.Run(&EchoService::Stub::Say, Text(""), endless));
  CHECK(world.backend.echo.deadline() > start + absl::Seconds(29));
  CHECK(world.backend.echo.deadline() < start + absl::Seconds(40));
}

TEST_CASE("a call whose time is over ends with its deadline, on both sides") {
  World world;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + absl::Milliseconds(100)));
  CHECK(world.front.Run(&EchoService::Stub::Say, Text("", "hang"), context).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
  world.backend.echo.Release();
}

TEST_CASE("streams pass, up, down and both ways") {
  World world;
  auto context = ContextOf(CallOfPublic());
  auto reader = world.front.stub->Spell(context.get(), Text("abcdef"));
  std::string heard;
  for (Echo echo; reader->Read(&echo);) heard += echo.text();
  CHECK_OK(FromGrpc(reader->Finish()));
  CHECK(heard == "abcdef");

  Echo response;
  context = ContextOf(CallOfPublic());
  auto writer = world.front.stub->Collect(context.get(), &response);
  for (const char* part : {"a", "b", "c"}) REQUIRE(writer->Write(Text(part)));
  writer->WritesDone();
  CHECK_OK(FromGrpc(writer->Finish()));
  CHECK(response.text() == "abc");

  context = ContextOf(CallOfPublic());
  auto chat = world.front.stub->Chat(context.get());
  for (int i = 0; i < 100; ++i) {
    REQUIRE(chat->Write(Text(std::to_string(i))));
    Echo echo;
    REQUIRE(chat->Read(&echo));
    CHECK(echo.text() == std::to_string(i));
  }
  chat->WritesDone();
  CHECK_OK(FromGrpc(chat->Finish()));
}

TEST_CASE("a stream that the backend ends, ends, though the caller says nothing more") {
  World world;
  auto context = ContextOf(CallOfPublic());
  auto chat = world.front.stub->Chat(context.get());
  REQUIRE(chat->Write(Text("", "fail")));
  Echo echo;
  CHECK_FALSE(chat->Read(&echo));
  const absl::Status status = FromGrpc(chat->Finish());
  CHECK(status.code() == absl::StatusCode::kAborted);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_ETAG_MISMATCH));

  Echo response;
  context = ContextOf(CallOfPublic());
  auto writer = world.front.stub->Collect(context.get(), &response);
  REQUIRE(writer->Write(Text("", "fail")));
  CHECK(FromGrpc(writer->Finish()).code() == absl::StatusCode::kInvalidArgument);

  context = ContextOf(CallOfPublic());
  auto reader = world.front.stub->Spell(context.get(), Text("ab!"));
  std::string heard;
  while (reader->Read(&echo)) heard += echo.text();
  CHECK(heard == "ab");
  CHECK(FromGrpc(reader->Finish()).code() == absl::StatusCode::kAborted);
}

TEST_CASE("a refused stream is refused with its reason") {
  World world;
  auto context = ContextOf(CallOfPublic());
  Echo request;
  request.set_how("fail");
  auto reader = world.front.stub->Watch(context.get(), request);
  Echo echo;
  CHECK_FALSE(reader->Read(&echo));
  CHECK(FromGrpc(reader->Finish()).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a watch passes events as they come, and ends when the caller goes") {
  World world;
  auto context = ContextOf(CallOfPublic());
  auto reader = world.front.stub->Watch(context.get(), Echo());
  Echo echo;
  REQUIRE(reader->Read(&echo));
  for (const char* subject : {"a", "b"}) {
    REQUIRE_OK(world.backend.db->TransactAndWait([&](kv::Txn& txn) {
      txn.Announce(1, subject);
      return absl::OkStatus();
    }));
    REQUIRE(reader->Read(&echo));
    CHECK(echo.text() == subject);
  }
  context->TryCancel();
  CHECK(reader->Finish().error_code() == grpc::StatusCode::CANCELLED);
  CHECK(Eventually([&] { return world.backend.watches.open() == 0; }));
}

TEST_CASE("when the gateway stops, it ends the streams that nobody else would end") {
  World world;
  auto context = ContextOf(CallOfPublic());
  auto reader = world.front.stub->Watch(context.get(), Echo());
  Echo echo;
  REQUIRE(reader->Read(&echo));
  world.front.forwarder.EndStreams();
  CHECK_FALSE(reader->Read(&echo));
  const absl::Status ended = FromGrpc(reader->Finish());
  CHECK(ended.code() == absl::StatusCode::kUnavailable);
  CHECK(ReasonOf(ended) == "SHUTTING_DOWN");
  CHECK(Eventually([&] { return world.backend.watches.open() == 0; }));

  auto late = ContextOf(CallOfPublic());
  reader = world.front.stub->Watch(late.get(), Echo());
  while (reader->Read(&echo)) {
  }
  CHECK(reader->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("a message over the limit is refused with a reason, in calls and in streams") {
  World world;
  Echo request;
  request.set_padding(std::string(rpc::kMaxMessageBytes - 100, 'x'));
  CHECK(Value(world.front.Say(request)).padding().size() == request.padding().size());
  request.set_padding(std::string(rpc::kMaxMessageBytes + 1, 'x'));
  CHECK(HasReason(world.front.Say(request).status(), policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE));
  auto context = ContextOf(CallOfPublic());
  auto chat = world.front.stub->Chat(context.get());
  REQUIRE(chat->Write(request));
  Echo echo;
  CHECK_FALSE(chat->Read(&echo));
  CHECK(HasReason(FromGrpc(chat->Finish()), policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE));
}

TEST_CASE("a call without a message is refused") {
  World world;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(world.front.server.channel());
  class Silent final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    void OnDone(const grpc::Status& s) override {
      status = s;
      done.Notify();
    }
    grpc::Status status;
    absl::Notification done;
  } silent;
  auto context = ContextOf(CallOfPublic());
  stub.PrepareBidiStreamingCall(context.get(), "/rpctest.v1.EchoService/Say", {}, &silent);
  silent.StartWritesDone();
  silent.StartCall();
  silent.done.WaitForNotification();
  CHECK(silent.status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("many calls at once, of which many are cancelled") {
  World world;
  constexpr int kCalls = 200;
  struct Flight {
    std::unique_ptr<grpc::ClientContext> context = ContextOf(CallOfPublic());
    Echo request = Text("hello");
    Echo response;
    grpc::Status status;
  };
  for (int round = 0; round < 5; ++round) {
    std::deque<Flight> flights(kCalls);
    absl::BlockingCounter done(kCalls);
    for (int i = 0; i < kCalls; ++i) {
      Flight& flight = flights[i];
      world.front.stub->async()->Say(flight.context.get(), &flight.request, &flight.response,
                                     [&](grpc::Status status) {
                                       flight.status = std::move(status);
                                       done.DecrementCount();
                                     });
      if (i % 2 == 0) flights[i / 2].context->TryCancel();
    }
    done.Wait();
    for (const Flight& flight : flights) {
      CHECK((flight.status.ok() ? flight.response.text() == "hello"
                                : flight.status.error_code() == grpc::StatusCode::CANCELLED));
    }
  }
}

TEST_CASE("many streams at once, cancelled at any moment") {
  World world;
  for (int i = 0; i < 200; ++i) {
    auto context = ContextOf(CallOfPublic());
    auto chat = world.front.stub->Chat(context.get());
    Echo echo;
    if (i % 3 > 0) chat->Write(Text("a"));
    if (i % 3 > 1) chat->Read(&echo);
    if (i % 2 == 0) chat->WritesDone();
    if (i % 5 > 0)
      context->TryCancel();
    else if (i % 2 == 1)
      chat->WritesDone();
    while (chat->Read(&echo)) {
    }
    const auto code = chat->Finish().error_code();
    CHECK((code == grpc::StatusCode::OK || code == grpc::StatusCode::CANCELLED));
  }
}

}  // namespace
}  // namespace eid::gateway
