// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/handle.h"

#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::CallOfHolder;
using testing::CallOfOfficer;
using testing::CallOfPublic;
using testing::CallOfRepresentative;
using testing::ContextOf;

// A server with the echo services, called by `peer`.
struct World {
  explicit World(std::string peer = "")
      : policies(Value(PolicyMap::Build({testing::kEcho, testing::kEchoIntake}))),
        pipeline(testing::TestPipeline(policies, std::move(peer),
                                       CallerList()
                                           .Allow(testing::kEchoIntake, "approval")
                                           .Allow(testing::kEcho, "approval"))) {}

  absl::StatusOr<Echo> Say(const Echo& request, const Call& call = CallOfPublic()) {
    return Run(&EchoService::Stub::Say, request, call);
  }
  template <class Method>
  absl::StatusOr<Echo> Run(Method method, const Echo& request, const Call& call) {
    auto context = ContextOf(call);
    Echo response;
    const grpc::Status status = (*stub.*method)(context.get(), request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  PolicyMap policies;
  Pipeline pipeline;
  testing::EchoRpc echo{pipeline};
  testing::EchoIntakeRpc intake{pipeline};
  testing::InProcess server{{&echo, &intake}};
  std::unique_ptr<EchoService::Stub> stub = EchoService::NewStub(server.channel());
};

Echo Text(std::string text, std::string how = "") {
  Echo echo;
  echo.set_text(std::move(text));
  echo.set_how(std::move(how));
  return echo;
}

TEST_CASE("an operation answers from its own or another thread") {
  World world;
  CHECK(Value(world.Say(Text("hello"))).text() == "hello");
  CHECK(Value(world.Say(Text("hello", "thread"))).text() == "hello");
}

TEST_CASE("an error arrives with its details") {
  World world;
  const absl::Status status = world.Say(Text("", "fail")).status();
  CHECK(status.code() == absl::StatusCode::kAborted);
  CHECK(status.message() == "told to fail");
  CHECK(HasReason(status, policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().seconds() == 3);
}

TEST_CASE("an internal error arrives without its text") {
  World world;
  const absl::Status status = world.Say(Text("", "internal")).status();
  CHECK(status.code() == absl::StatusCode::kInternal);
  CHECK_FALSE(absl::StrContains(status.message(), "secret"));
  CHECK(HasReason(status, policy::v1::COMMON_REASON_INTERNAL));
}

TEST_CASE("an operation that forgets to answer is an internal error, not a call that hangs") {
  World world;
  CHECK(world.Say(Text("", "drop")).status().code() == absl::StatusCode::kInternal);
}

TEST_CASE("only the first answer counts") {
  World world;
  CHECK(Value(world.Say(Text("first", "twice"))).text() == "first");
}

TEST_CASE("a call that is cancelled ends, and its late answer goes nowhere") {
  World world;
  auto context = ContextOf(CallOfPublic());
  Echo request = Text("", "hang"), response;
  grpc::Status status;
  absl::Notification done;
  world.stub->async()->Say(context.get(), &request, &response, [&](grpc::Status s) {
    status = s;
    done.Notify();
  });
  world.echo.AwaitHeld(1);
  context->TryCancel();
  done.WaitForNotification();
  CHECK(status.error_code() == grpc::StatusCode::CANCELLED);
  world.echo.Release();
  CHECK_OK(world.Say(Text("still there")));
}

TEST_CASE("the policy is enforced before the operation runs") {
  World world;
  using Stub = EchoService::Stub;
  CHECK(world.Run(&Stub::SayAsHolder, Text(""), CallOfPublic()).status().code() ==
        absl::StatusCode::kUnauthenticated);
  CHECK(Value(world.Run(&Stub::SayAsHolder, Text(""), CallOfHolder("a"))).caller() == "account:a");
  CHECK(world.Run(&Stub::SayAsOrganization, Text(""), CallOfHolder("a")).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(Value(world.Run(&Stub::SayAsOrganization, Text(""), CallOfRepresentative("a", "o")))
            .caller() == "account:a/organization:o");
  CHECK(world.Run(&Stub::SayAsApprover, Text(""), CallOfHolder("a")).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK_OK(world.Run(&Stub::SayAsApprover, Text(""),
                     CallOfOfficer("b", {policy::v1::OFFICER_ROLE_APPROVER})));
}

TEST_CASE("a service on the list calls in its own name, no other does") {
  for (const auto& [peer, code] : std::vector<std::pair<std::string, absl::StatusCode>>{
           {"approval", absl::StatusCode::kOk},
           {"gateway", absl::StatusCode::kPermissionDenied},
           {"", absl::StatusCode::kPermissionDenied}}) {
    INFO(peer);
    World world(peer);
    auto intake = rpctest::v1::EchoIntakeService::NewStub(world.server.channel());
    auto context = ContextOf(CallOfPublic());
    Echo response;
    const grpc::Status status = intake->EnsureEcho(context.get(), Text("x"), &response);
    CHECK(FromGrpc(status).code() == code);
    if (status.ok()) CHECK(response.caller() == "service:approval");
  }
}

TEST_CASE("a call keeps the request tag that it came with, if it is one") {
  World world;
  Call call = CallOfPublic();
  call.request_tag = "portal-7.a_b";
  CHECK(Value(world.Say(Text(""), call)).request_tag() == "portal-7.a_b");
  for (const std::string& bad :
       {std::string("with space"), std::string("a\"b"), std::string(65, 'x'), std::string("")}) {
    INFO(bad);
    call.request_tag = bad;
    const std::string made = Value(world.Say(Text(""), call)).request_tag();
    CHECK(made != bad);
    CHECK(IsRequestTag(made));
  }
}

TEST_CASE("only a service of the suite is believed about the client's address") {
  for (const auto& [peer, believed] :
       std::vector<std::pair<std::string, bool>>{{"gateway", true}, {"", false}}) {
    World world(peer);
    auto context = ContextOf(CallOfPublic());
    context->AddMetadata("x-eid-client", "198.51.100.9");
    Echo response;
    REQUIRE(world.stub->Say(context.get(), Text(""), &response).ok());
    CHECK((response.client() == "198.51.100.9") == believed);
    CHECK_FALSE(response.client().empty());
  }
}

TEST_CASE("the address is found in what gRPC calls a peer") {
  CHECK(AddressOf("ipv4:192.0.2.1:50000") == "192.0.2.1");
  CHECK(AddressOf("ipv6:%5B2001:db8::1%5D:50000") == "2001:db8::1");
  CHECK(AddressOf("ipv6:[::1]:50000") == "::1");
  CHECK(AddressOf("unix:/run/x") == "unix:/run/x");
  CHECK(AddressOf("") == "");
}

// An echo that reads long.
class LongEcho final : public EchoService::CallbackService {
 public:
  explicit LongEcho(const Pipeline& pipeline) : pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* Say(grpc::CallbackServerContext* context, const Echo* request,
                                Echo* response) override {
    return HandleLong(pool_, pipeline_, "/rpctest.v1.EchoService/Say", *context, response,
                      [this, request](const Call&, const Reply<Echo>& reply) {
                        if (request->how() == "wait") go_.WaitForNotification();
                        reply(*request);
                      });
  }
  grpc::ServerUnaryReactor* SayAsHolder(grpc::CallbackServerContext* context, const Echo* request,
                                        Echo* response) override {
    return Handle(pipeline_, "/rpctest.v1.EchoService/SayAsHolder", *context, response,
                  [request](const Call&, const Reply<Echo>& reply) { reply(*request); });
  }

  // Lets those go on that wait.
  void Go() { go_.Notify(); }

 private:
  const Pipeline& pipeline_;
  absl::Notification go_;
  ReadPool pool_;
};

TEST_CASE("long reads hold up nobody else, and too many of them are told so") {
  const PolicyMap policies = Value(PolicyMap::Build({testing::kEcho}));
  const Pipeline pipeline = testing::TestPipeline(policies);
  LongEcho echo(pipeline);
  testing::InProcess server{{&echo}};
  const auto stub = EchoService::NewStub(server.channel());
  constexpr int kMany = 300;
  struct Running {
    std::unique_ptr<grpc::ClientContext> context = ContextOf(CallOfPublic());
    Echo request = Text("x", "wait");
    Echo response;
  };
  std::vector<Running> calls(kMany);
  absl::Mutex mu;
  int answered = 0, refused = 0;
  for (Running& call : calls) {
    stub->async()->Say(call.context.get(), &call.request, &call.response,
                       [&](const grpc::Status& status) {
                         const absl::MutexLock lock(&mu);
                         ++answered;
                         if (HasReason(FromGrpc(status), policy::v1::COMMON_REASON_OVERLOADED))
                           ++refused;
                       });
  }
  {
    // Two run, 256 wait.
    const absl::MutexLock lock(&mu);
    mu.Await(absl::Condition(
        +[](int* count) { return *count >= kMany - 258; }, &refused));
  }
  Echo response;
  REQUIRE(stub->SayAsHolder(ContextOf(CallOfHolder("a")).get(), Text("quick"), &response).ok());
  CHECK(response.text() == "quick");
  echo.Go();
  const absl::MutexLock lock(&mu);
  mu.Await(absl::Condition(
      +[](int* count) { return *count == kMany; }, &answered));
  // The two may not have begun when the last came.
  CHECK(refused <= kMany - 256);
  CHECK(calls.front().response.text() == "x");
}

}  // namespace
}  // namespace eid::rpc
