// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "common/auth/token.h"
#include "common/rpc/channel.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/server.h"
#include "common/rpc/trunk_server.h"
#include "common/status/macros.h"
#include "services/approval/approval_rpc.h"
#include "services/approval/carrier_peer.h"
#include "services/approval/configuration.h"
#include "services/approval/store.h"
#include "services/approval/timers.h"

namespace eid::approval {
namespace {

absl::Status Run(const Config& config) {
  const rpc::StopSignal stop;
  const Clock& clock = Clock::Real();
  RETURN_IF_ERROR(CheckConfig(config));
  ASSIGN_OR_RETURN(const StatutoryPeriods periods, LoadPeriods(config));
  ASSIGN_OR_RETURN(const crypto::PrivateKey key, LoadDecisionKey(config));
  ASSIGN_OR_RETURN(const rpc::PolicyMap policies,
                   rpc::PolicyMap::Build(rpc::WithTrunk(ServiceNames())));
  ASSIGN_OR_RETURN(const auto db, kv::Database::Open(StoreOptions(config)));
  ASSIGN_OR_RETURN(const auto identity, rpc::MakeChannel(config.keys()));
  ASSIGN_OR_RETURN(const auto carrier, rpc::MakeChannel(config.carrier()));
  auth::TokenVerifier verifier(clock);
  rpc::KeyFollower keys(identity, verifier, config.keys());
  const rpc::Pipeline pipeline =
      rpc::ServicePipeline({policies, keys.verify(), rpc::CallerList(config.rpc()), clock});
  outbox::Outbox outbox(*db, clock, OutboxOptions(config), SendToCarrier(carrier));
  Timers timers(*db, clock);
  const Queue queue(*db, clock);
  const Examination examination(*db, clock, IdSource::Real(), outbox, ExaminationOptions(config));
  const Decisions decisions(*db, clock, IdSource::Real(), periods, outbox, key);
  const Intake intake(*db, clock, periods);
  const NotificationBox notifications(*db, clock);
  rpc::Watches watches(db->feed(), config.rpc());
  rpc::ReadPool readers;
  Wire wire({queue, examination, decisions, watches, readers, pipeline}, intake, notifications);
  const rpc::ProgramInfo info("approval", policies, clock, rpc::InfoOfStore(*db, kSchemaVersion));
  rpc::AdminRpc admin(info, pipeline);
  rpc::TrunkServer trunk(pipeline, wire.unary_methods(admin));
  outbox.Start();
  timers.Start();
  rpc::ServerParts parts{"approval", config.rpc(), wire.services(admin)};
  parts.service_names = policies.services();
  parts.trunk = &trunk;
  parts.on_stop = [&] { watches.Shutdown(); };
  return rpc::ServeUntilStopped(stop, std::move(parts));
}

}  // namespace
}  // namespace eid::approval

int main(int argc, char** argv) {
  return eid::Main<eid::approval::Config>(argc, argv, eid::approval::Run);
}
