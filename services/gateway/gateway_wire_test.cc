// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/testing/world.h"

namespace eid::gateway {
namespace {

using eid::testing::Value;
using rpc::FromGrpc;
using rpc::testing::CallOfHolder;
using rpc::testing::CallOfOfficer;
using rpc::testing::CallOfPublic;
using rpc::testing::ContextOf;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::EchoBackend;
using testing::Front;
using testing::Text;
using testing::World;

TEST_CASE("a call passes, and the backend sees who calls") {
  World world;
  CHECK(Value(world.front.Say(Text("hello"))).text() == "hello");
  CHECK(Value(world.front.Say(Echo())).text().empty());
  const Echo said = Value(
      world.front.Run(&EchoService::Stub::SayAsHolder, Text("x"), *ContextOf(CallOfHolder("a"))));
  CHECK(said.caller() == "account:a");
  CHECK(said.request_tag() == "tag-1");
}

TEST_CASE("the request tag comes back, so that a caller can quote it") {
  World world;
  auto context = ContextOf(CallOfPublic());
  REQUIRE_OK(world.front.Run(&EchoService::Stub::Say, Text(""), *context));
  CHECK(context->GetServerInitialMetadata().find("x-request-id")->second == "tag-1");
  grpc::ClientContext bare;
  const Echo said = Value(world.front.Run(&EchoService::Stub::Say, Text(""), bare));
  CHECK(said.request_tag().size() > 8);
  CHECK(bare.GetServerInitialMetadata().find("x-request-id")->second == said.request_tag());
}

TEST_CASE("of the metadata from outside only what is meant to passes") {
  World world;
  auto context = ContextOf(CallOfHolder("a"));
  context->AddMetadata("accept-language", "vi");
  context->AddMetadata("traceparent", "00-1-2-01");
  context->AddMetadata("x-eid-client", "198.51.100.9");
  context->AddMetadata("x-forwarded-for", "198.51.100.9");
  context->AddMetadata("x-eid-service", "identity");
  context->AddMetadata("cookie", "secret");
  context->AddMetadata("x-anything-bin", "bytes");
  REQUIRE_OK(world.front.Run(&EchoService::Stub::SayAsHolder, Text(""), *context));
  std::map<std::string, std::string> seen = world.backend.echo.metadata();
  CHECK(absl::StartsWith(seen["authorization"], "Bearer fake."));
  CHECK(seen["accept-language"] == "vi");
  CHECK(seen["traceparent"] == "00-1-2-01");
  CHECK(seen["x-request-id"] == "tag-1");
  CHECK(seen["x-eid-client"] != "198.51.100.9");
  CHECK_FALSE(seen["x-eid-client"].empty());
  for (const auto& [key, value] : seen) {
    INFO(key);
    CHECK((key == "authorization" || key == "accept-language" || key == "traceparent" ||
           key == "x-request-id" || key == "x-eid-client" || key == "user-agent"));
  }
}

TEST_CASE("a token that is not believed does not pass") {
  World world;
  auto context = ContextOf(CallOfPublic());
  context->AddMetadata("authorization", "Bearer rubbish");
  REQUIRE_OK(world.front.Run(&EchoService::Stub::Say, Text(""), *context));
  CHECK_FALSE(world.backend.echo.metadata().contains("authorization"));
}

TEST_CASE("only our own proxy is believed about the client's address") {
  EchoBackend backend;
  std::string peer;
  {
    Front front(backend.server.channel());
    peer = Value(front.Say(Text(""))).client();
  }
  Front front(backend.server.channel(), Front::NoLimits(), {.trusted_proxies = {peer}});
  for (const auto& [forwarded, expected] :
       std::vector<std::pair<std::string, std::string>>{{"198.51.100.9", "198.51.100.9"},
                                                        {"10.1.1.1, 2001:db8::7", "2001:db8::7"},
                                                        {"nonsense", peer},
                                                        {"", peer}}) {
    auto context = ContextOf(CallOfPublic());
    context->AddMetadata("x-forwarded-for", forwarded);
    CHECK(Value(front.Run(&EchoService::Stub::Say, Text(""), *context)).client() == expected);
  }
}

TEST_CASE("errors keep their details, but INTERNAL keeps nothing") {
  World world;
  const absl::Status failed = world.front.Say(Text("", "fail")).status();
  CHECK(failed.code() == absl::StatusCode::kAborted);
  CHECK(failed.message() == "told to fail");
  const auto info = DetailOf<google::rpc::ErrorInfo>(failed);
  REQUIRE(info.has_value());
  CHECK(info->reason() == "ETAG_MISMATCH");
  CHECK(info->metadata().at("key") == "value");
  CHECK(DetailOf<google::rpc::LocalizedMessage>(failed).has_value());
  CHECK(DetailOf<google::rpc::RetryInfo>(failed)->retry_delay().seconds() == 3);

  const absl::Status internal = world.front.Say(Text("", "internal")).status();
  CHECK(internal.code() == absl::StatusCode::kInternal);
  CHECK(HasReason(internal, policy::v1::COMMON_REASON_INTERNAL));
  CHECK_FALSE(absl::StrContains(internal.message(), "secret"));
}

TEST_CASE("trailers pass") {
  World world;
  auto context = ContextOf(CallOfPublic());
  REQUIRE_OK(world.front.Run(&EchoService::Stub::Say, Text("", "trailer"), *context));
  const auto& trailers = context->GetServerTrailingMetadata();
  REQUIRE(trailers.count("x-trailer") == 1);
  CHECK(trailers.find("x-trailer")->second == "a value");
  CHECK(trailers.find("x-trailer-bin")->second == std::string("\0\xff", 2));
}

TEST_CASE("the policy holds at the gateway already") {
  World world;
  using Stub = EchoService::Stub;
  CHECK(world.front.Run(&Stub::SayAsHolder, Text(""), *ContextOf(CallOfPublic())).status().code() ==
        absl::StatusCode::kUnauthenticated);
  CHECK(world.front.Run(&Stub::SayAsApprover, Text(""), *ContextOf(CallOfHolder("a")))
            .status()
            .code() == absl::StatusCode::kPermissionDenied);
  CHECK(world.front.Run(&Stub::SayAsHolderOrService, Text(""), *ContextOf(CallOfPublic()))
            .status()
            .code() == absl::StatusCode::kUnauthenticated);
  CHECK(world.backend.echo.metadata().empty());
}

TEST_CASE("what is for services alone is not there") {
  World world;
  auto intake = rpctest::v1::EchoIntakeService::NewStub(world.front.server.channel());
  for (const rpc::Call& call :
       {CallOfPublic(), CallOfHolder("a"), rpc::testing::CallOfService("registration")}) {
    Echo response;
    const absl::Status status =
        FromGrpc(intake->EnsureEcho(ContextOf(call).get(), Text(""), &response));
    CHECK(status.code() == absl::StatusCode::kUnimplemented);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  }
}

TEST_CASE("who calls too often is told when to come back") {
  EchoBackend backend;
  LimitsConfig limits = Front::NoLimits();
  limits.mutable_account()->mutable_write()->set_per_second(0.001);
  limits.mutable_account()->mutable_write()->set_burst(2);
  Front front(backend.server.channel(), limits);
  const auto say = [&](const std::string& account) {
    return front.Run(&EchoService::Stub::SayAsHolder, Text(""), *ContextOf(CallOfHolder(account)))
        .status();
  };
  CHECK_OK(say("a"));
  CHECK_OK(say("a"));
  const absl::Status refused = say("a");
  CHECK(refused.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(refused, policy::v1::COMMON_REASON_RATE_LIMITED));
  CHECK(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().seconds() > 100);
  CHECK_OK(say("b"));
}

TEST_CASE("a backend that is away is said so, and nothing of where it is") {
  Front front(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  const absl::Status away = front.Say(Text("")).status();
  CHECK(away.code() == absl::StatusCode::kUnavailable);
  CHECK(HasReason(away, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
  CHECK_FALSE(absl::StrContains(away.message(), "127.0.0.1"));
  auto context = ContextOf(CallOfPublic());
  auto reader = front.stub->Spell(context.get(), Text("abc"));
  Echo echo;
  CHECK_FALSE(reader->Read(&echo));
  CHECK(HasReason(FromGrpc(reader->Finish()), policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
}

// Opens a unary call and sends no message; gives how it ends.
absl::Status OpenAndSayNothing(Front& front) {
  grpc::GenericStub stub(front.server.channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, "/rpctest.v1.EchoService/Say", &queue);
  grpc::Status status;
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(&tag);
  REQUIRE(queue.Next(&tag, &ok));
  call->Finish(&status, &tag);
  REQUIRE(queue.Next(&tag, &ok));
  queue.Shutdown();
  return FromGrpc(status);
}

TEST_CASE("a call whose message does not come is not kept for ever") {
  EchoBackend backend;
  Front front(backend.server.channel(), Front::NoLimits(),
              {.message_wait = absl::Milliseconds(20)});
  const absl::Status ended = OpenAndSayNothing(front);
  CHECK(ended.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(HasReason(ended, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT));
  // What brings its message passes, with a timer and without.
  CHECK_OK(front.Say(Text("hello")));
  grpc::ClientContext without_deadline;
  CHECK_OK(front.Run(&EchoService::Stub::Say, Text("hello"), without_deadline));
}

TEST_CASE("the administration of each program is reached by its name") {
  World world;
  auto stub = admin::v1::AdminService::NewStub(world.front.server.channel());
  for (const auto& [named, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "gateway"}, {"gateway", "gateway"}, {"echo", "echo"}}) {
    auto context = ContextOf(CallOfOfficer("o", {policy::v1::OFFICER_ROLE_OPERATOR}));
    if (!named.empty()) context->AddMetadata("x-eid-service", named);
    admin::v1::Info info;
    REQUIRE_OK(FromGrpc(stub->GetInfo(context.get(), {}, &info)));
    CHECK(info.service() == expected);
  }
  auto context = ContextOf(CallOfOfficer("o", {policy::v1::OFFICER_ROLE_OPERATOR}));
  context->AddMetadata("x-eid-service", "nobody");
  admin::v1::Info info;
  CHECK(stub->GetInfo(context.get(), {}, &info).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(stub->GetInfo(ContextOf(CallOfHolder("a")).get(), {}, &info).error_code() ==
        grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace eid::gateway
