// SPDX-License-Identifier: Apache-2.0
// Serves as a service of the suite does: the same pipeline, reactors, server and store.
#include <utility>

#include "common/rpc/handle.h"
#include "common/rpc/policy.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "tools/bench/core/bench.grpc.pb.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/serve.h"

namespace eid::bench {
namespace {

class ServiceRpc final : public v1::BenchService::CallbackService {
 public:
  ServiceRpc(kv::Database& database, const rpc::Pipeline& pipeline)
      : database_(database), pipeline_(pipeline) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateItem(Context* context, const v1::CreateItemRequest* request,
                      v1::CreateItemResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.bench.v1.BenchService/CreateItem", *context, response,
                       [&](const rpc::Call&, rpc::Reply<v1::CreateItemResponse> reply) {
                         bench::CreateItem(database_, *request, std::move(reply));
                       });
  }

  Reactor* Put(Context* context, const v1::PutRequest* request,
               v1::PutResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.bench.v1.BenchService/Put", *context, response,
                       [&](const rpc::Call&, rpc::Reply<v1::PutResponse> reply) {
                         PutRow(database_, *request, std::move(reply));
                       });
  }

  Reactor* Echo(Context* context, const v1::EchoRequest* request,
                v1::EchoResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.bench.v1.BenchService/Echo", *context, response,
                       [&](const rpc::Call&, rpc::Reply<v1::EchoResponse> reply) {
                         v1::EchoResponse answer;
                         answer.set_padding(std::string(request->answer_bytes(), 'x'));
                         reply(std::move(answer));
                       });
  }

  Reactor* GetCounters(Context* context, const v1::GetCountersRequest*,
                       v1::GetCountersResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.bench.v1.BenchService/GetCounters", *context, response,
                       [&](const rpc::Call&, rpc::Reply<v1::GetCountersResponse> reply) {
                         v1::GetCountersResponse counters;
                         counters.set_fsyncs(database_.statistics().syncs);
                         reply(std::move(counters));
                       });
  }

 private:
  kv::Database& database_;
  const rpc::Pipeline& pipeline_;
};

absl::StatusOr<auth::Claims> RefuseTokens(absl::string_view) {
  return absl::UnauthenticatedError("nobody has a token here");
}

}  // namespace

absl::Status ServeAsService(const ServerConfig& config) {
  const rpc::StopSignal stop;
  const Clock& clock = Clock::Real();
  ASSIGN_OR_RETURN(const rpc::PolicyMap policies,
                   rpc::PolicyMap::Build({v1::BenchService::service_full_name()}));
  ASSIGN_OR_RETURN(const auto database,
                   kv::Database::Open({.path = config.data_path() + "/data",
                                       .high_water_path = config.data_path() + "/mark"}));
  const rpc::Pipeline pipeline =
      rpc::ServicePipeline({policies, RefuseTokens, rpc::CallerList(config.rpc()), clock});
  ServiceRpc service(*database, pipeline);
  return rpc::ServeUntilStopped(stop, {.name = "bench",
                                       .config = config.rpc(),
                                       .services = {&service},
                                       .service_names = policies.services()});
}

}  // namespace eid::bench
