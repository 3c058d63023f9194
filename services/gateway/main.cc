// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "common/auth/token.h"
#include "common/clock/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "services/gateway/config.pb.h"
#include "services/gateway/forwarder.h"
#include "services/gateway/gateway_pipeline.h"
#include "services/gateway/health_follower.h"
#include "services/gateway/settings.h"

namespace eid::gateway {

absl::Status Run(const Config& config) {
  const rpc::StopSignal stop;
  const Clock& clock = Clock::Real();
  RETURN_IF_ERROR(CheckConfig(config));
  ASSIGN_OR_RETURN(const Routes routes, Routes::Build(config));
  ASSIGN_OR_RETURN(auto identity, rpc::MakeChannel(config.keys()));

  auth::TokenVerifier verifier(clock);
  rpc::KeyFollower keys(identity, verifier, config.keys());
  Limits limits(config.limits(), clock);
  const rpc::Pipeline pipeline = GatewayPipeline(routes, keys.verify(), limits, clock);
  const rpc::ProgramInfo info("gateway", routes.policies(), clock);

  Forwarder forwarder(routes, pipeline, info, Forwarder::OptionsOf(config));
  const rpc::RpcConfig listen = ListenConfig(config);
  ASSIGN_OR_RETURN(auto server, rpc::Server::Start({.name = "gateway",
                                                    .config = listen,
                                                    .service_names = routes.open_services(),
                                                    .generic = &forwarder,
                                                    .on_stop = [&] { forwarder.EndStreams(); }}));
  const HealthFollower health(routes, server->health(), HealthPause(config));
  rpc::ServeUntilStopped(stop, "gateway", *server);
  return absl::OkStatus();
}

}  // namespace eid::gateway

int main(int argc, char** argv) {
  return eid::Main<eid::gateway::Config>(argc, argv, eid::gateway::Run);
}
