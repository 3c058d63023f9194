// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/health_follower.h"

#include <grpcpp/grpcpp.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo_rpc.h"
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
        +[](Shown* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
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
  rpc::RpcConfig listen;
  listen.set_listen_address("127.0.0.1:0");
  auto server = Value(rpc::Server::Start({.name = "echo", .config = listen, .services = {}}));
  rpc::PeerConfig peer;
  peer.set_address(absl::StrCat("127.0.0.1:", server->port()));
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(std::make_unique<Backend>(
      "echo", std::vector<std::string>{"rpctest.v1"},
      std::vector<std::shared_ptr<grpc::Channel>>{Value(rpc::MakeChannel(peer))}));
  const Routes routes = Value(Routes::Build(std::move(backends)));
  Shown shown;
  {
    HealthFollower follower(routes, shown, absl::Milliseconds(5));
    shown.Await(rpc::testing::kEcho, true);
    server->health().SetServingStatus("", false);
    shown.Await(rpc::testing::kEcho, false);
    server->health().SetServingStatus("", true);
    shown.Await(rpc::testing::kEcho, true);
    server.reset();
    shown.Await(rpc::testing::kEcho, false);
  }
  // Not shown outside: what is for services alone. Not touched: the gateway's own.
  CHECK_FALSE(shown.Knows(rpc::testing::kEchoIntake));
  CHECK_FALSE(shown.Knows(""));
}

}  // namespace
}  // namespace eid::gateway
