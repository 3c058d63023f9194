// SPDX-License-Identifier: Apache-2.0
// A gateway before the echo services, in one process, for tests of the wire.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/rpc/trunk_server.h"
#include "common/testing/matchers.h"
#include "services/gateway/forwarder.h"
#include "services/gateway/gateway_pipeline.h"

namespace eid::gateway::testing {

using eid::testing::Value;
using rpc::testing::CallOfPublic;
using rpc::testing::ContextOf;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;

// The echo services, as the gateway's backend.
struct EchoBackend {
  // With a trunk, calls are carried; without, they go by themselves.
  explicit EchoBackend(bool with_trunk = false)
      : server(with_trunk ? std::vector<grpc::Service*>{&echo, &intake, &admin, &trunk}
                          : std::vector<grpc::Service*>{&echo, &intake, &admin}) {}

  std::unique_ptr<kv::Database> db = Value(kv::Database::Open({.in_memory = true}));
  rpc::Watches watches{db->feed(), rpc::Watches::Options()};
  rpc::PolicyMap policies = Value(rpc::PolicyMap::Build(rpc::WithTrunk(
      {rpc::testing::kEcho, rpc::testing::kEchoIntake, "eid.admin.v1.AdminService"})));
  rpc::Pipeline pipeline =
      rpc::testing::TestPipeline(policies, "gateway",
                                 rpc::CallerList()
                                     .Allow(rpc::testing::kEchoIntake, "registration")
                                     .Allow("eid.trunk.v1.TrunkService", "gateway"));
  rpc::testing::EchoRpc echo{pipeline, &watches};
  rpc::testing::EchoIntakeRpc intake{pipeline};
  rpc::ProgramInfo info{"echo", policies, Clock::Real()};
  rpc::AdminRpc admin{info, pipeline};
  rpc::TrunkServer trunk{pipeline, {echo.unary_methods(), admin.unary_methods()}};
  rpc::testing::InProcess server;
};

// A gateway before one backend.
struct Front {
  explicit Front(std::shared_ptr<grpc::Channel> backend, LimitsConfig limits_config = NoLimits(),
                 Forwarder::Options options = {})
      : routes(Value(Routes::Build(One(std::move(backend))))),
        limits(limits_config, Clock::Real()),
        pipeline(GatewayPipeline(routes, rpc::testing::FakeVerify(), limits, Clock::Real())),
        forwarder(routes, pipeline, info, std::move(options)) {}

  static std::vector<std::unique_ptr<Backend>> One(std::shared_ptr<grpc::Channel> channel) {
    std::vector<std::unique_ptr<Backend>> backends;
    backends.push_back(
        std::make_unique<Backend>("echo", std::vector<std::string>{"rpctest.v1"},
                                  std::vector<std::shared_ptr<grpc::Channel>>{std::move(channel)}));
    return backends;
  }
  static LimitsConfig NoLimits() {
    LimitsConfig config;
    for (Buckets* buckets : {config.mutable_account(), config.mutable_address()}) {
      for (Bucket* bucket : {buckets->mutable_read(), buckets->mutable_write(),
                             buckets->mutable_credential(), buckets->mutable_watch()}) {
        bucket->set_per_second(1e9);
        bucket->set_burst(1e9);
      }
    }
    return config;
  }

  absl::StatusOr<Echo> Say(const Echo& request, const rpc::Call& call = CallOfPublic()) {
    return Run(&EchoService::Stub::Say, request, *ContextOf(call));
  }
  template <class Method>
  absl::StatusOr<Echo> Run(Method method, const Echo& request, grpc::ClientContext& context) {
    Echo response;
    const grpc::Status status = (*stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  Routes routes;
  Limits limits;
  rpc::Pipeline pipeline;
  rpc::ProgramInfo info{"gateway", routes.policies(), Clock::Real()};
  Forwarder forwarder;
  rpc::testing::InProcess server{{}, &forwarder};
  std::unique_ptr<EchoService::Stub> stub = EchoService::NewStub(server.channel());
};

struct World {
  EchoBackend backend;
  Front front{backend.server.channel()};
};

inline Echo Text(std::string text, std::string how = "") {
  Echo echo;
  echo.set_text(std::move(text));
  echo.set_how(std::move(how));
  return echo;
}

}  // namespace eid::gateway::testing
