// SPDX-License-Identifier: Apache-2.0
// eid_registry_simulator: stands in for a national or specialised database.
#include "common/clock/clock.h"
#include "common/config/main.h"
#include "common/log/log.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "tools/simulators/config.pb.h"
#include "tools/simulators/simulator_rpc.h"

namespace eid::simulator {
namespace {

absl::Status Run(const RegistryConfig& config) {
  const rpc::StopSignal stop;
  if (config.registry_id().empty()) return absl::InvalidArgumentError("no registry_id");
  Records records;
  for (const std::string& path : config.people_paths()) RETURN_IF_ERROR(records.LoadPeople(path));
  for (const std::string& path : config.organizations_paths()) {
    RETURN_IF_ERROR(records.LoadOrganizations(path));
  }
  if (!config.put_path().empty()) RETURN_IF_ERROR(records.KeepIn(config.put_path()));
  LogEvent(Severity::kInfo, "registry.loaded",
           {{"people", records.people()}, {"organizations", records.organizations()}});

  BehaviorSwitch behavior({v1::Behavior::MODE_NORMAL, v1::Behavior::MODE_DOWN,
                           v1::Behavior::MODE_SLOW, v1::Behavior::MODE_STALE,
                           v1::Behavior::MODE_CONTRADICTORY, v1::Behavior::MODE_FLAPPING,
                           v1::Behavior::MODE_TWICE});
  Registry registry(config.registry_id(), records, behavior, Clock::Real());
  ASSIGN_OR_RETURN(const auto policies,
                   rpc::PolicyMap::Build({"eid.registry.v1.RegistryService",
                                          "eid.simulator.v1.SimulatorControlService"}));
  const rpc::Pipeline pipeline = rpc::ServicePipeline({.policies = policies,
                                                       .verify = NoTokens(),
                                                       .callers = rpc::CallerList(config.rpc()),
                                                       .clock = Clock::Real()});
  Delays delays;
  RegistryRpc registry_rpc(registry, delays, pipeline);
  ControlRpc control_rpc(behavior, &records, nullptr, pipeline);
  return rpc::ServeUntilStopped(stop, {.name = "registry_" + config.registry_id(),
                                       .config = config.rpc(),
                                       .services = {&registry_rpc, &control_rpc},
                                       .service_names = policies.services(),
                                       .on_stop = [&] { delays.Stop(); }});
}

}  // namespace
}  // namespace eid::simulator

int main(int argc, char** argv) {
  return eid::Main<eid::simulator::RegistryConfig>(argc, argv, eid::simulator::Run);
}
