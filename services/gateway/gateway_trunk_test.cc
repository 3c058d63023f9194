// SPDX-License-Identifier: Apache-2.0
// What passes the gateway over a trunk: the same as without one (gateway_wire_test.cc).
#include <thread>
#include <vector>

#include "common/status/status.h"
#include "common/testing/eventually.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/testing/world.h"

namespace eid::gateway {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;
using rpc::testing::CallOfHolder;
using rpc::testing::ContextOf;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::EchoBackend;
using testing::Front;
using testing::Text;

struct TrunkWorld {
  EchoBackend backend{/*with_trunk=*/true};
  Front front{backend.server.channel()};

  TrunkWorld() {
    REQUIRE(Eventually([&] {
      REQUIRE_OK(front.Say(Text("hello")));
      return Carried();
    }));
  }
  // Whether the last call was: gRPC had no metadata for it.
  bool Carried() { return backend.echo.metadata().empty(); }
};

TEST_CASE("a carried call reaches the backend as from its caller, and its answer the caller") {
  TrunkWorld world;
  const rpc::Call call = CallOfHolder("an");
  auto context = ContextOf(call);
  context->AddMetadata("x-request-id", "tag-1");
  const Echo echo =
      Value(world.front.Run(&EchoService::Stub::SayAsHolder, Text("hello"), *context));
  CHECK(world.Carried());
  CHECK(echo.text() == "hello");
  CHECK(echo.caller() == "account:an");
  CHECK(echo.client() != "");
  const auto& metadata = context->GetServerInitialMetadata();
  const auto tag = metadata.find("x-request-id");
  REQUIRE(tag != metadata.end());
  CHECK(std::string(tag->second.data(), tag->second.size()) == echo.request_tag());
}

TEST_CASE("the errors of carried calls reach the caller with their details") {
  TrunkWorld world;
  const absl::Status failed = world.front.Say(Text("a", "fail")).status();
  CHECK(failed.code() == absl::StatusCode::kAborted);
  CHECK(HasReason(failed, policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK(DetailOf<google::rpc::RetryInfo>(failed)->retry_delay().seconds() == 3);
  CHECK(HasReason(world.front.Say(Text("a", "internal")).status(),
                  policy::v1::COMMON_REASON_INTERNAL));
  CHECK(HasReason(world.front.Say(Text("a", "unavailable")).status(),
                  policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
}

TEST_CASE("calls with metadata of their own, and large ones, go by themselves") {
  TrunkWorld world;
  grpc::ClientContext context;
  context.AddMetadata("traceparent", "00-1-2-01");
  CHECK_OK(world.front.Run(&EchoService::Stub::Say, Text("a"), context));
  CHECK(world.backend.echo.metadata()["traceparent"] == "00-1-2-01");
  CHECK_OK(world.front.Say(Text(std::string(100'000, 'a'))));
  CHECK(!world.Carried());
  CHECK_OK(world.front.Say(Text("a")));
  CHECK(world.Carried());
}

TEST_CASE("a caller who gives up, or whose time is over, is not waited for") {
  TrunkWorld world;
  grpc::ClientContext cancelled;
  std::thread caller([&] {
    CHECK(world.front.Run(&EchoService::Stub::Say, Text("a", "hang"), cancelled).status().code() ==
          absl::StatusCode::kCancelled);
  });
  world.backend.echo.AwaitHeld(1);
  cancelled.TryCancel();
  caller.join();
  grpc::ClientContext late;
  late.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + absl::Milliseconds(60)));
  CHECK(world.front.Run(&EchoService::Stub::Say, Text("a", "hang"), late).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
  world.backend.echo.AwaitHeld(2);
  // The gateway's own two calls end; the backend's are still there.
  CHECK(Eventually([] { return rpc::CallsUnderWay() == 2; }));
  world.backend.echo.Release();
  CHECK_OK(world.front.Say(Text("a")));
}

TEST_CASE("a backend that dies with carried calls is away, and says when to try again") {
  TrunkWorld world;
  absl::Status ended;
  std::thread caller([&] { ended = world.front.Say(Text("a", "hang")).status(); });
  world.backend.echo.AwaitHeld(1);
  std::thread killer(
      [&] { world.backend.server.server().Shutdown(absl::ToChronoTime(absl::UnixEpoch())); });
  caller.join();
  CHECK(HasReason(ended, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
  CHECK(DetailOf<google::rpc::RetryInfo>(ended).has_value());
  world.backend.echo.Release();
  killer.join();
}

}  // namespace
}  // namespace eid::gateway
