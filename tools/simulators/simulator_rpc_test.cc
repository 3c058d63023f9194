// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/simulator_rpc.h"

#include <memory>
#include <string>

#include "common/rpc/testing/wire.h"
#include "common/testing/eventually.h"
#include "common/testing/matchers.h"

namespace eid::simulator {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;
using rpc::testing::ContextOf;

// Both simulators behind one wire, whose callers come from `peer`.
struct Wire {
  explicit Wire(const std::string& peer)
      : policies(Value(rpc::PolicyMap::Build({"eid.registry.v1.RegistryService",
                                              "eid.delivery.v1.DeliveryService",
                                              "eid.simulator.v1.SimulatorControlService"}))),
        pipeline(rpc::testing::TestPipeline(
            policies, peer,
            rpc::CallerList()
                .Allow("eid.registry.v1.RegistryService", "verification")
                .Allow("eid.delivery.v1.DeliveryService", "identity")
                .Allow("eid.simulator.v1.SimulatorControlService", "operator"))),
        behavior({v1::Behavior::MODE_NORMAL, v1::Behavior::MODE_SLOW}),
        registry("population", records, behavior, Clock::Real()),
        registry_rpc(registry, delays, pipeline),
        control_rpc(behavior, &records, nullptr, pipeline),
        server({&registry_rpc, &control_rpc}) {}
  ~Wire() { delays.Stop(); }

  rpc::PolicyMap policies;
  rpc::Pipeline pipeline;
  Records records;
  BehaviorSwitch behavior;
  Registry registry;
  Delays delays;
  RegistryRpc registry_rpc;
  ControlRpc control_rpc;
  rpc::testing::InProcess server;
};

TEST_CASE("verification asks the registry and has no hand in its switches") {
  Wire wire("verification");
  auto registry = registry::v1::RegistryService::NewStub(wire.server.channel());
  auto control = v1::SimulatorControlService::NewStub(wire.server.channel());
  const auto call = rpc::testing::CallOfService("verification");
  registry::v1::LookupPersonRequest request;
  request.set_personal_id("001090123456");
  registry::v1::LookupPersonResponse response;
  REQUIRE_OK(rpc::FromGrpc(registry->LookupPerson(ContextOf(call).get(), request, &response)));
  CHECK_FALSE(response.found());
  v1::Behavior behavior;
  CHECK_FALSE(rpc::FromGrpc(
                  control->GetBehavior(ContextOf(call).get(), v1::GetBehaviorRequest(), &behavior))
                  .ok());
}

TEST_CASE("an operator has its hand on the switches and does not ask the registry") {
  Wire wire("operator");
  auto registry = registry::v1::RegistryService::NewStub(wire.server.channel());
  auto control = v1::SimulatorControlService::NewStub(wire.server.channel());
  const auto call = rpc::testing::CallOfService("operator");
  registry::v1::LookupPersonRequest request;
  request.set_personal_id("001090123456");
  registry::v1::LookupPersonResponse response;
  CHECK_FALSE(
      rpc::FromGrpc(registry->LookupPerson(ContextOf(call).get(), request, &response)).ok());

  v1::PutPersonRequest put;
  put.mutable_person()->set_personal_id("001090123456");
  registry::v1::PersonRecord person;
  REQUIRE_OK(rpc::FromGrpc(control->PutPerson(ContextOf(call).get(), put, &person)));
  CHECK(wire.records.people() == 1);
  v1::ListMessagesResponse messages;
  CHECK(rpc::FromGrpc(
            control->ListMessages(ContextOf(call).get(), v1::ListMessagesRequest(), &messages))
            .code() == absl::StatusCode::kUnimplemented);
}

TEST_CASE("a simulator that is told to be slow still ends quickly") {
  Wire wire("verification");
  v1::SetBehaviorRequest slow;
  slow.mutable_behavior()->set_mode(v1::Behavior::MODE_SLOW);
  slow.mutable_behavior()->mutable_latency()->set_seconds(600);
  REQUIRE_OK(wire.behavior.Set(slow));
  auto registry = registry::v1::RegistryService::NewStub(wire.server.channel());
  auto context = ContextOf(rpc::testing::CallOfService("verification"));
  registry::v1::LookupPersonRequest request;
  request.set_personal_id("001090123456");
  registry::v1::LookupPersonResponse response;
  absl::Mutex mu;
  bool done = false;
  grpc::Status status;
  registry->async()->LookupPerson(context.get(), &request, &response, [&](grpc::Status result) {
    absl::MutexLock lock(&mu);
    status = std::move(result);
    done = true;
  });
  CHECK(Eventually([&] { return wire.behavior.Get().call_count() == 1; }));
  wire.delays.Stop();
  absl::MutexLock lock(&mu);
  mu.Await(absl::Condition(&done));
  CHECK(status.error_code() == grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace eid::simulator
