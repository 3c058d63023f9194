// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "common/auth/token.h"
#include "common/rpc/channel.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/server.h"
#include "common/rpc/trunk_server.h"
#include "common/status/macros.h"
#include "services/verification/configuration.h"
#include "services/verification/registries.h"
#include "services/verification/store.h"
#include "services/verification/verification_rpc.h"
#include "services/verification/worker.h"

namespace eid::verification {
namespace {

absl::Status Run(const Config& config) {
  const rpc::StopSignal stop;
  const Clock& clock = Clock::Real();
  RETURN_IF_ERROR(CheckConfig(config));
  ASSIGN_OR_RETURN(const rpc::PolicyMap policies,
                   rpc::PolicyMap::Build(rpc::WithTrunk(ServedServices())));
  ASSIGN_OR_RETURN(const auto db, kv::Database::Open({.path = config.data_dir(),
                                                      .high_water_path = config.high_water_path(),
                                                      .schema_version = kSchemaVersion}));
  ASSIGN_OR_RETURN(const auto registries, Registries::Connect(config, clock));
  ASSIGN_OR_RETURN(const auto identity, rpc::MakeChannel(config.keys()));
  auth::TokenVerifier verifier(clock);
  rpc::KeyFollower keys(identity, verifier, config.keys());
  const rpc::Pipeline pipeline =
      rpc::ServicePipeline({policies, keys.verify(), rpc::CallerList(config.rpc()), clock});
  Worker worker(*db, clock, RetryOf(config), registries->all());
  Operations operations(*db, clock, RoutingOf(config), [&](absl::string_view registry_id) {
    if (Registry* registry = registries->Find(registry_id)) registry->ProbeNow();
    worker.Wake();
  });
  PersonChecks checks(*registries->Find(config.population_registry_id()), clock,
                      MaxPersonChecksOf(config));
  rpc::Watches watches(db->feed(), config.rpc());
  Wire wire(operations, checks, watches, pipeline);
  const rpc::ProgramInfo info("verification", policies, clock,
                              rpc::InfoOfStore(*db, kSchemaVersion));
  rpc::AdminRpc admin(info, pipeline);
  rpc::TrunkServer trunk(pipeline, wire.unary_methods(admin));
  worker.Start();
  rpc::ServerParts parts{"verification", config.rpc(), wire.services(admin)};
  parts.service_names = policies.services();
  parts.trunk = &trunk;
  parts.on_stop = [&] { watches.Shutdown(); };
  return rpc::ServeUntilStopped(stop, std::move(parts));
}

}  // namespace
}  // namespace eid::verification

int main(int argc, char** argv) {
  return eid::Main<eid::verification::Config>(argc, argv, eid::verification::Run);
}
