// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "common/rpc/admin_rpc.h"
#include "common/rpc/channel.h"
#include "common/rpc/peer.h"
#include "common/rpc/server.h"
#include "common/rpc/trunk_server.h"
#include "common/status/macros.h"
#include "services/identity/bootstrap.h"
#include "services/identity/configuration.h"
#include "services/identity/delivery_peer.h"
#include "services/identity/identity.h"
#include "services/identity/store.h"
#include "services/identity/verification_peer.h"
#include "services/identity/wire_rpc.h"

namespace eid::identity {
namespace {

int exit_code = 0;

absl::Status Run(const Config& config, const std::vector<std::string>& arguments) {
  const rpc::StopSignal stop;
  const Clock& clock = Clock::Real();
  ASSIGN_OR_RETURN(const std::string bootstrap, BootstrapPath(arguments));
  ASSIGN_OR_RETURN(const auto verification, rpc::MakeServicePeer(config.verification()));
  ASSIGN_OR_RETURN(const auto delivery, rpc::MakeChannel(config.delivery()));
  const auto persons = VerificationPeer(*verification, PersonCheckTimeout(config));
  const auto carrier = DeliveryPeer(delivery);
  ASSIGN_OR_RETURN(const auto identity,
                   Identity::Open(config, {clock, IdSource::Real(), *persons, *carrier}));
  if (!bootstrap.empty()) return RunBootstrap(identity->environment(), bootstrap, exit_code);
  ASSIGN_OR_RETURN(const auto policies, rpc::PolicyMap::Build(rpc::WithTrunk(ServiceNames())));
  const rpc::Pipeline pipeline = PipelineOf(*identity, policies, rpc::CallerList(config.rpc()));
  Wire wire(*identity, pipeline);
  const rpc::ProgramInfo info("identity", policies, clock,
                              rpc::InfoOfStore(identity->db(), kSchemaVersion));
  rpc::AdminRpc admin(info, pipeline);
  rpc::TrunkServer trunk(pipeline, wire.unary_methods(admin));
  identity->Start();
  rpc::ServerParts parts{"identity", config.rpc(), wire.services(admin)};
  parts.trunk = &trunk;
  parts.service_names = policies.services();
  // Two pollers, since a hash may hold up one.
  parts.one_poller = false;
  return rpc::ServeUntilStopped(stop, std::move(parts));
}

}  // namespace
}  // namespace eid::identity

int main(int argc, char** argv) {
  const int code = eid::Main<eid::identity::Config>(argc, argv, eid::identity::Run);
  return code == 0 ? eid::identity::exit_code : code;
}
