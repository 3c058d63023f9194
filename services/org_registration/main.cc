// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "common/auth/token.h"
#include "common/id/id.h"
#include "common/rpc/channel.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/peer.h"
#include "common/rpc/server.h"
#include "common/rpc/trunk_server.h"
#include "common/status/macros.h"
#include "services/org_registration/people_peer.h"
#include "services/org_registration/registration_rpc.h"
#include "services/org_registration/saga_peer.h"
#include "services/org_registration/settings.h"
#include "services/org_registration/watch_peer.h"

namespace eid::org_registration {
namespace {

absl::Status Run(const Config& config) {
  const rpc::StopSignal stop;
  RETURN_IF_ERROR(CheckConfig(config));
  const Clock& clock = Clock::Real();
  ASSIGN_OR_RETURN(const auto policies, rpc::PolicyMap::Build(rpc::WithTrunk(ServiceNames())));
  ASSIGN_OR_RETURN(const auto db, OpenStore(config));
  ASSIGN_OR_RETURN(const auto identity, rpc::MakeServicePeer(config.identity()));
  ASSIGN_OR_RETURN(const auto verification, rpc::MakeServicePeer(config.verification()));
  ASSIGN_OR_RETURN(const auto approval, rpc::MakeServicePeer(config.approval()));
  ASSIGN_OR_RETURN(const auto keys_channel, rpc::MakeChannel(config.keys()));
  const auto people = MakePeople(*identity, clock);
  Persons persons(*people);
  Reading reading(*db, persons);
  const auto peers = MakePeers(*verification, *approval, *identity);
  Workflow workflow(*db, clock, *peers, WorkflowOptions(config));
  workflow.Start();
  Filing filing(*db, clock, IdSource::Real(), persons, FilingOptions(config, workflow));
  Following following(*db, clock, workflow);
  const auto watching = WatchPeers(verification->channel(), approval->channel(), clock, following);
  auth::TokenVerifier verifier(clock);
  rpc::KeyFollower keys(keys_channel, verifier, config.keys());
  const rpc::Pipeline pipeline =
      rpc::ServicePipeline({policies, keys.verify(), rpc::CallerList(config.rpc()), clock});
  rpc::Watches watches(db->feed(), config.rpc());
  Wire wire(filing, reading, watches, pipeline);
  rpc::ProgramInfo info(kProgramName, policies, clock, rpc::InfoOfStore(*db, kSchemaVersion));
  rpc::AdminRpc admin(info, pipeline);
  rpc::TrunkServer trunk(pipeline, wire.unary_methods(admin));
  rpc::ServerParts parts{kProgramName, config.rpc(), wire.services(admin)};
  parts.service_names = policies.services();
  parts.trunk = &trunk;
  parts.on_stop = [&] { watches.Shutdown(); };
  return rpc::ServeUntilStopped(stop, std::move(parts));
}

}  // namespace
}  // namespace eid::org_registration

int main(int argc, char** argv) {
  return eid::Main<eid::org_registration::Config>(argc, argv, eid::org_registration::Run);
}
