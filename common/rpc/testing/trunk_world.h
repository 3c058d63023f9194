// SPDX-License-Identifier: Apache-2.0
// Both ends of a trunk before the echo services, for tests of either.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/rpc/trunk.h"
#include "common/rpc/trunk_server.h"
#include "common/testing/eventually.h"
#include "common/testing/matchers.h"

namespace eid::rpc::testing {

inline constexpr char kTrunk[] = "eid.trunk.v1.TrunkService";
inline constexpr char kSay[] = "/rpctest.v1.EchoService/Say";
inline constexpr char kSayAsHolder[] = "/rpctest.v1.EchoService/SayAsHolder";
inline constexpr char kEnsure[] = "/rpctest.v1.EchoIntakeService/EnsureEcho";

// What came of a carried call.
struct Outcome {
  absl::Notification done;
  absl::Status status;
  std::string response;
};
using Carried = std::shared_ptr<Outcome>;

inline absl::Time In(absl::Duration duration) { return Clock::Real().TimeNow() + duration; }

// Null: the call has to go by itself.
inline Carried TrySend(Trunk& trunk, Trunk::Call call, uint64_t id = 0) {
  auto outcome = std::make_shared<Outcome>();
  const auto done = [outcome](const grpc::Status& status, std::string response) {
    outcome->status = FromGrpc(status);
    outcome->response = std::move(response);
    outcome->done.Notify();
  };
  if (call.deadline == absl::Time()) call.deadline = In(absl::Seconds(30));
  const bool sent = trunk.IsOpen() && trunk.Send(id == 0 ? trunk.NewId() : id, call, done);
  return sent ? outcome : nullptr;
}

// The same once there is a trunk: opening it is nobody's to wait for, so it is asked for again.
inline Carried Send(Trunk& trunk, const Trunk::Call& call, uint64_t id = 0) {
  Carried sent;
  const auto is_sent = [&] { return (sent = TrySend(trunk, call, id)) != nullptr; };
  if (!eid::testing::Eventually(is_sent)) FAIL("no trunk was opened");
  return sent;
}

// A server with the echo services and a trunk, and the far end of one, which is called `peer`.
struct TrunkWorld {
  explicit TrunkWorld(std::string peer = "gateway")
      : pipeline(TestPipeline(policies, std::move(peer),
                              CallerList()
                                  .Allow(kTrunk, "gateway")
                                  .Allow(kTrunk, "approval")
                                  .Allow(kEchoIntake, "approval"))) {}

  Carried TrySend(const Trunk::Call& call, uint64_t id = 0) {
    return testing::TrySend(trunk, call, id);
  }
  Carried Send(const Trunk::Call& call, uint64_t id = 0) { return testing::Send(trunk, call, id); }
  absl::StatusOr<Echo> Run(const Trunk::Call& call) { return AnswerOf(Send(call)); }

  static absl::StatusOr<Echo> AnswerOf(const Carried& sent) {
    sent->done.WaitForNotification();
    if (!sent->status.ok()) return sent->status;
    Echo echo;
    REQUIRE(echo.ParseFromString(sent->response));
    return echo;
  }

  PolicyMap policies = eid::testing::Value(PolicyMap::Build(WithTrunk({kEcho, kEchoIntake})));
  Pipeline pipeline;
  EchoRpc echo{pipeline};
  EchoIntakeRpc intake{pipeline};
  TrunkServer near_end{pipeline, {echo.unary_methods(), intake.unary_methods()}};
  std::unique_ptr<InProcess> server =
      std::make_unique<InProcess>(std::vector<grpc::Service*>{&echo, &intake, &near_end});
  Trunk trunk{server->channel()};
};

inline std::string Text(std::string text, std::string how = "") {
  Echo echo;
  echo.set_text(std::move(text));
  echo.set_how(std::move(how));
  return echo.SerializeAsString();
}

}  // namespace eid::rpc::testing
