// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/peer.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "common/rpc/limits.h"
#include "common/rpc/testing/trunk_world.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::rpc {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;
using rpctest::v1::Echo;
using testing::CallOfHolder;
using testing::EchoRpc;
using testing::kEcho;
using testing::kSay;
using testing::kSayAsHolder;
using World = testing::TrunkWorld;

// With a tag, which a call that goes by itself brings as metadata.
const PeerOptions kTagged = {.request_tag = "tag"};

struct Answer {
  absl::Notification done;
  absl::StatusOr<Echo> echo = absl::UnknownError("none yet");
};

std::shared_ptr<Answer> Begin(PeerChannel& peer, const char* method, const std::string& text,
                              const std::string& how = "", const PeerOptions& options = kTagged) {
  auto answer = std::make_shared<Answer>();
  Echo request;
  request.set_text(text);
  request.set_how(how);
  peer.Call(PeerMethod<Echo, Echo>(method), request, options, [answer](absl::StatusOr<Echo> echo) {
    answer->echo = std::move(echo);
    answer->done.Notify();
  });
  return answer;
}

absl::StatusOr<Echo> Call(PeerChannel& peer, const char* method, const std::string& text,
                          const std::string& how = "", const PeerOptions& options = kTagged) {
  const auto answer = Begin(peer, method, text, how, options);
  answer->done.WaitForNotification();
  return answer->echo;
}

// Whether the service's last unary call came over a trunk.
bool LastWasCarried(World& world) { return !world.echo.metadata().contains("x-request-id"); }

// Calls until one is carried.
void AwaitTrunk(World& world, PeerChannel& peer) {
  const auto is_carried = [&] {
    CHECK_OK(Call(peer, kSay, "first"));
    return LastWasCarried(world);
  };
  if (!Eventually(is_carried)) FAIL("nothing was carried");
}

TEST_CASE("a call to a peer brings the answer or the error with its details, carried or not") {
  for (const bool carries : {false, true}) {
    INFO(carries);
    World world;
    PeerChannel peer(world.server->channel(), carries);
    if (carries) AwaitTrunk(world, peer);
    PeerOptions options =
        OptionsFor(CallOfHolder("a"), Clock::Real().TimeNow(), absl::Seconds(5), true);
    options.request_tag = "tag-of-caller";
    const Echo said = Value(Call(peer, kSayAsHolder, "hello", "", options));
    CHECK(said.text() == "hello");
    CHECK(said.caller() == "account:a");
    CHECK(said.request_tag() == "tag-of-caller");
    CHECK(LastWasCarried(world) == carries);
    const absl::Status failed = Call(peer, kSayAsHolder, "", "fail", options).status();
    CHECK(failed.code() == absl::StatusCode::kAborted);
    CHECK(HasReason(failed, policy::v1::COMMON_REASON_ETAG_MISMATCH));
    CHECK(DetailOf<google::rpc::RetryInfo>(failed).has_value());
    CHECK(Call(peer, kSayAsHolder, "").status().code() == absl::StatusCode::kUnauthenticated);
  }
}

TEST_CASE("a call to a peer ends at its deadline, carried or not") {
  for (const bool carries : {false, true}) {
    INFO(carries);
    World world;
    PeerChannel peer(world.server->channel(), carries);
    if (carries) AwaitTrunk(world, peer);
    const absl::Status late =
        Call(peer, kSay, "", "hang", {.timeout = absl::Milliseconds(50)}).status();
    CHECK(late.code() == absl::StatusCode::kDeadlineExceeded);
    CHECK(Call(peer, kSay, "", "", {.timeout = absl::ZeroDuration()}).status().code() ==
          absl::StatusCode::kDeadlineExceeded);
    world.echo.Release();
  }
}

TEST_CASE("a call to a peer waits no longer than its caller") {
  rpc::Call call = CallOfHolder("a");
  const absl::Time now = absl::UnixEpoch();
  call.deadline = now + absl::Seconds(1);
  CHECK(OptionsFor(call, now, absl::Seconds(5), false, absl::Milliseconds(20)).timeout ==
        absl::Milliseconds(980));
  CHECK(OptionsFor(call, now, absl::Milliseconds(100), false).timeout == absl::Milliseconds(100));
  CHECK(OptionsFor(call, now + absl::Seconds(2), absl::Seconds(5), false).timeout ==
        absl::ZeroDuration());
  CHECK(OptionsFor(call, now, absl::Seconds(5), false).token.empty());
  CHECK(OptionsFor(call, now, absl::Seconds(5), true).token == call.token);
}

TEST_CASE("what is too large for a trunk goes by itself") {
  World world;
  PeerChannel peer(world.server->channel(), /*carries=*/true);
  AwaitTrunk(world, peer);
  const std::string text(Trunk::kMaxRequestBytes, 'a');
  CHECK(Value(Call(peer, kSay, text)).text() == text);
  CHECK(!LastWasCarried(world));
}

TEST_CASE("a peer that leaves is called without a trunk") {
  World world;
  PeerChannel peer(world.server->channel(), /*carries=*/true);
  AwaitTrunk(world, peer);
  const auto held = Begin(peer, kSay, "held", "hang");
  world.echo.AwaitHeld(1);
  world.near_end.Leave();
  const auto goes_by_itself = [&] {
    CHECK_OK(Call(peer, kSay, "between"));
    return !LastWasCarried(world);
  };
  CHECK(Eventually(goes_by_itself));
  CHECK(!held->done.HasBeenNotified());
  world.echo.Release();
  held->done.WaitForNotification();
  CHECK(Value(held->echo).text() == "held");
}

TEST_CASE("a channel that goes ends what it carries; what goes by itself takes its course") {
  World world;
  std::shared_ptr<Answer> carried, alone;
  {
    PeerChannel carrying(world.server->channel(), /*carries=*/true);
    PeerChannel plain(world.server->channel(), /*carries=*/false);
    AwaitTrunk(world, carrying);
    carried = Begin(carrying, kSay, "carried", "hang");
    alone = Begin(plain, kSay, "alone", "hang");
    world.echo.AwaitHeld(2);
  }
  CHECK(carried->done.HasBeenNotified());
  CHECK(carried->echo.status().code() == absl::StatusCode::kCancelled);
  CHECK(!alone->done.HasBeenNotified());
  world.echo.Release();
  alone->done.WaitForNotification();
  CHECK(Value(alone->echo).text() == "alone");
}

// A near end that does with the first calls of a stream what the test wants.
class OddEnd final : public trunk::v1::TrunkService::CallbackService {
 public:
  enum class Way { kRefuse, kBreak, kAnswerNonsense, kSayAway };

  explicit OddEnd(Way way) : way_(way) {}

  grpc::ServerBidiReactor<trunk::v1::CarryRequest, trunk::v1::CarryResponse>* Carry(
      grpc::CallbackServerContext*) override {
    ++streams;
    return new Stream(*this);
  }

  std::atomic<int> streams = 0;
  // That came.
  std::atomic<int> calls = 0;

 private:
  class Stream final
      : public grpc::ServerBidiReactor<trunk::v1::CarryRequest, trunk::v1::CarryResponse> {
   public:
    explicit Stream(OddEnd& end) : end_(end) {
      if (end_.way_ == Way::kRefuse) {
        Finish({grpc::StatusCode::PERMISSION_DENIED, "not for you"});
        return;
      }
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
      end_.calls += request_.calls_size();
      if (end_.way_ == Way::kBreak) return Finish({grpc::StatusCode::INTERNAL, "broken"});
      for (const auto& call : request_.calls()) {
        auto& answer = *answers_.add_answers();
        answer.set_id(call.id());
        if (end_.way_ == Way::kSayAway) answer.set_code(grpc::StatusCode::UNAVAILABLE);
        answer.set_response("\xff\xff");
      }
      StartWrite(&answers_);
      StartRead(&request_);
    }

    OddEnd& end_;
    std::atomic<int> done_{0};
    trunk::v1::CarryRequest request_;
    trunk::v1::CarryResponse hello_, answers_;
  };

  const Way way_;
};

// The echo service with a trunk that is no good.
struct OddWorld {
  explicit OddWorld(OddEnd::Way way) : end(way) {}

  // Calls until one has come over the trunk; its answer.
  absl::StatusOr<Echo> CallOverTrunk(PeerChannel& peer) {
    absl::StatusOr<Echo> answer = absl::UnknownError("never");
    const auto has_come = [&] {
      answer = Call(peer, kSay, "hello");
      return end.calls > 0;
    };
    CHECK(Eventually(has_come));
    return answer;
  }

  PolicyMap policies = Value(PolicyMap::Build({kEcho}));
  Pipeline pipeline = testing::TestPipeline(policies);
  EchoRpc echo{pipeline};
  OddEnd end;
  testing::InProcess server{{&echo, &end}};
};

TEST_CASE("a call whose trunk breaks is made once more by itself") {
  OddWorld world(OddEnd::Way::kBreak);
  PeerChannel peer(world.server.channel(), /*carries=*/true);
  CHECK(Value(world.CallOverTrunk(peer)).text() == "hello");
}

TEST_CASE("a call that the peer cannot serve now is made once more by itself") {
  OddWorld world(OddEnd::Way::kSayAway);
  PeerChannel peer(world.server.channel(), /*carries=*/true);
  CHECK(Value(world.CallOverTrunk(peer)).text() == "hello");
  World away;
  PeerChannel other(away.server->channel(), /*carries=*/true);
  AwaitTrunk(away, other);
  CHECK(Call(other, kSay, "", "unavailable").status().code() == absl::StatusCode::kUnavailable);
  CHECK(!LastWasCarried(away));
}

TEST_CASE("a carried answer that is no message is an error of ours") {
  OddWorld world(OddEnd::Way::kAnswerNonsense);
  PeerChannel peer(world.server.channel(), /*carries=*/true);
  CHECK(world.CallOverTrunk(peer).status().code() == absl::StatusCode::kInternal);
}

TEST_CASE(
    "a peer without a trunk for this program is called as ever, and not asked again and again") {
  OddWorld world(OddEnd::Way::kRefuse);
  PeerChannel peer(world.server.channel(), /*carries=*/true);
  for (int i = 0; i < 200; ++i) CHECK_OK(Call(peer, kSay, "hello"));
  CHECK(world.end.streams == 1);
  CHECK(world.end.calls == 0);
}

TEST_CASE("a peer outside the suite is not asked for a trunk") {
  OddWorld world(OddEnd::Way::kBreak);
  PeerChannel peer(world.server.channel(), /*carries=*/false);
  for (int i = 0; i < 200; ++i) CHECK_OK(Call(peer, kSay, "hello"));
  CHECK(world.end.streams == 0);
}

TEST_CASE("a service of the suite is called as its configuration says") {
  PeerConfig config;
  CHECK(MakeServicePeer(config).status().code() == absl::StatusCode::kInvalidArgument);
  config.set_address("127.0.0.1:1");
  CHECK_OK(MakeServicePeer(config));
}

}  // namespace
}  // namespace eid::rpc
