// SPDX-License-Identifier: Apache-2.0
// eid_carrier_simulator: stands in for a carrier of short messages and e-mail.
#include "common/clock/clock.h"
#include "common/config/main.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "tools/simulators/config.pb.h"
#include "tools/simulators/simulator_rpc.h"

namespace eid::simulator {
namespace {

absl::Status Run(const CarrierConfig& config) {
  const rpc::StopSignal stop;
  BehaviorSwitch behavior({v1::Behavior::MODE_NORMAL, v1::Behavior::MODE_DOWN,
                           v1::Behavior::MODE_SLOW, v1::Behavior::MODE_FLAPPING});
  ASSIGN_OR_RETURN(const auto carrier,
                   Carrier::Open(config.outbox_path(), behavior, Clock::Real()));
  ASSIGN_OR_RETURN(const auto policies,
                   rpc::PolicyMap::Build({"eid.delivery.v1.DeliveryService",
                                          "eid.simulator.v1.SimulatorControlService"}));
  const rpc::Pipeline pipeline = rpc::ServicePipeline({.policies = policies,
                                                       .verify = NoTokens(),
                                                       .callers = rpc::CallerList(config.rpc()),
                                                       .clock = Clock::Real()});
  Delays delays;
  CarrierRpc carrier_rpc(*carrier, delays, pipeline);
  ControlRpc control_rpc(behavior, nullptr, carrier.get(), pipeline);
  return rpc::ServeUntilStopped(stop, {.name = "carrier",
                                       .config = config.rpc(),
                                       .services = {&carrier_rpc, &control_rpc},
                                       .service_names = policies.services(),
                                       .on_stop = [&] { delays.Stop(); }});
}

}  // namespace
}  // namespace eid::simulator

int main(int argc, char** argv) {
  return eid::Main<eid::simulator::CarrierConfig>(argc, argv, eid::simulator::Run);
}
