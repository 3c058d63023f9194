// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/health_follower.h"

#include <grpcpp/grpcpp.h>

#include <map>

#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"

namespace eid::gateway {
namespace {

using testing::Value;

// Remembers what is shown.
class Shown final : public grpc::HealthCheckServiceInterface {
 public:
  void SetServingStatus(const std::string& service, bool serving) override {
    absl::MutexLock lock(&mu_);
    shown_[service] = serving;
  }
  void SetServingStatus(bool) override {}
  void Await(const std::string& service, bool serving) {
    absl::MutexLock lock(&mu_);
    awaited_ = {service, serving};
    mu_.Await(absl::Condition(
        +[](Shown* self) {
          const auto found = self->shown_.find(self->awaited_.first);
          return found != self->shown_.end() && found->second == self->awaited_.second;
        },
        this));
  }
  bool Knows(const std::string& service) {
    absl::MutexLock lock(&mu_);
    return shown_.contains(service);
  }

 private:
  absl::Mutex mu_;
  std::map<std::string, bool> shown_ ABSL_GUARDED_BY(mu_);
  std::pair<std::string, bool> awaited_ ABSL_GUARDED_BY(mu_);
};

TEST_CASE("a fronted service is as healthy as its backend") {
  REQUIRE(admin::v1::Info::descriptor() != nullptr);
  grpc::EnableDefaultHealthCheckService(true);
  const rpc::PolicyMap policies = Value(rpc::PolicyMap::Build({rpc::testing::kEcho}));
  const rpc::Pipeline pipeline = rpc::testing::TestPipeline(policies);
  rpc::testing::EchoRpc echo(pipeline);
  auto server = std::make_unique<rpc::testing::InProcess>(std::vector<grpc::Service*>{&echo});
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(std::make_unique<Backend>(
      "echo", std::vector<std::string>{"rpctest.v1"},
      std::vector<std::shared_ptr<grpc::Channel>>{server->channel()}));
  const Routes routes = Value(Routes::Build(std::move(backends)));
  Shown shown;
  {
    HealthFollower follower(routes, shown, absl::Milliseconds(5));
    shown.Await(rpc::testing::kEcho, true);
    server->server().GetHealthCheckService()->SetServingStatus(false);
    shown.Await(rpc::testing::kEcho, false);
    server->server().GetHealthCheckService()->SetServingStatus(true);
    shown.Await(rpc::testing::kEcho, true);
    server.reset();
    shown.Await(rpc::testing::kEcho, false);
  }
  // Not shown outside: what is for services alone. Not touched: the gateway's own.
  CHECK_FALSE(shown.Knows(rpc::testing::kEchoIntake));
  CHECK_FALSE(shown.Knows(""));
  grpc::EnableDefaultHealthCheckService(false);
}

}  // namespace
}  // namespace eid::gateway
