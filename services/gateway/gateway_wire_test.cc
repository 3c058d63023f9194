// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/generic_stub.h>

#include <deque>

#include "absl/strings/match.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/forwarder.h"
#include "services/gateway/gateway_pipeline.h"

namespace eid::gateway {
namespace {

using rpc::FromGrpc;
using rpc::testing::CallOfHolder;
using rpc::testing::CallOfOfficer;
using rpc::testing::CallOfPublic;
using rpc::testing::ContextOf;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::Value;

// The echo services, as the gateway's backend.
struct EchoBackend {
  std::unique_ptr<kv::Database> db = Value(kv::Database::Open({.in_memory = true}));
  rpc::Watches watches{db->feed(), rpc::Watches::Options()};
  rpc::PolicyMap policies = Value(rpc::PolicyMap::Build(
      {rpc::testing::kEcho, rpc::testing::kEchoIntake, "eid.admin.v1.AdminService"}));
  rpc::Pipeline pipeline = rpc::testing::TestPipeline(
      policies, "gateway", rpc::CallerList().Allow(rpc::testing::kEchoIntake, "registration"));
  rpc::testing::EchoRpc echo{pipeline, &watches};
  rpc::testing::EchoIntakeRpc intake{pipeline};
  rpc::ProgramInfo info{"echo", policies, Clock::Real()};
  rpc::AdminRpc admin{info, pipeline};
  rpc::testing::InProcess server{{&echo, &intake, &admin}};
};

// A gateway before one backend.
struct Front {
  explicit Front(std::shared_ptr<grpc::Channel> backend, LimitsConfig limits_config = NoLimits(),
                 Forwarder::Options options = {})
      : routes(Value(Routes::Build(One(std::move(backend))))),
        limits(limits_config, Clock::Real()),
        pipeline(GatewayPipeline(routes, rpc::testing::FakeVerify(), limits, Clock::Real())),
        forwarder(routes, pipeline, info, std::move(options)) {}

  static std::vector<std::unique_ptr<Backend>> One(std::shared_ptr<grpc::Channel> channel) {
    std::vector<std::unique_ptr<Backend>> backends;
    backends.push_back(std::make_unique<Backend>(
        "echo", std::vector<std::string>{"rpctest.v1"},
        std::vector<std::shared_ptr<grpc::Channel>>{std::move(channel)}));
    return backends;
  }
  static LimitsConfig NoLimits() {
    LimitsConfig config;
    for (Buckets* buckets : {config.mutable_account(), config.mutable_address()}) {
      for (Bucket* bucket : {buckets->mutable_read(), buckets->mutable_write(),
                             buckets->mutable_credential(), buckets->mutable_watch()}) {
        bucket->set_per_second(1e9);
        bucket->set_burst(1e9);
      }
    }
    return config;
  }

  absl::StatusOr<Echo> Say(const Echo& request, const rpc::Call& call = CallOfPublic()) {
    return Run(&EchoService::Stub::Say, request, *ContextOf(call));
  }
  template <class Method>
  absl::StatusOr<Echo> Run(Method method, const Echo& request, grpc::ClientContext& context) {
    Echo response;
    const grpc::Status status = (*stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  Routes routes;
  Limits limits;
  rpc::Pipeline pipeline;
  rpc::ProgramInfo info{"gateway", routes.policies(), Clock::Real()};
  Forwarder forwarder;
  rpc::testing::InProcess server{{}, &forwarder};
  std::unique_ptr<EchoService::Stub> stub = EchoService::NewStub(server.channel());
};

struct World {
  EchoBackend backend;
  Front front{backend.server.channel()};
};

Echo Text(std::string text, std::string how = "") {
  Echo echo;
  echo.set_text(std::move(text));
  echo.set_how(std::move(how));
  return echo;
}

TEST_CASE("a call passes, and the backend sees who calls") {
  World world;
  CHECK(Value(world.front.Say(Text("hello"))).text() == "hello");
  CHECK(Value(world.front.Say(Echo())).text().empty());
  const Echo said = Value(world.front.Run(&EchoService::Stub::SayAsHolder, Text("x"),
                                          *ContextOf(CallOfHolder("a"))));
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
  for (const auto& [forwarded, expected] : std::vector<std::pair<std::string, std::string>>{
           {"198.51.100.9", "198.51.100.9"},
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
            .status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(world.front.Run(&Stub::SayAsHolderOrService, Text(""), *ContextOf(CallOfPublic()))
            .status().code() == absl::StatusCode::kUnauthenticated);
  CHECK(world.backend.echo.metadata().empty());
}

TEST_CASE("what is for services alone is not there") {
  World world;
  auto intake = rpctest::v1::EchoIntakeService::NewStub(world.front.server.channel());
  for (const rpc::Call& call : {CallOfPublic(), CallOfHolder("a"), rpc::testing::CallOfService("registration")}) {
    Echo response;
    const absl::Status status =
        FromGrpc(intake->EnsureEcho(ContextOf(call).get(), Text(""), &response));
    CHECK(status.code() == absl::StatusCode::kUnimplemented);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  }
}

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
  while (world.backend.watches.open() > 0) std::this_thread::yield();
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
    if (i % 5 > 0) context->TryCancel(); else if (i % 2 == 1) chat->WritesDone();
    while (chat->Read(&echo)) {}
    const auto code = chat->Finish().error_code();
    CHECK((code == grpc::StatusCode::OK || code == grpc::StatusCode::CANCELLED));
  }
}

}  // namespace
}  // namespace eid::gateway
