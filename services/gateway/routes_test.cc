// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/routes.h"

#include <algorithm>

#include "common/rpc/testing/echo.pb.h"
#include "common/rpc/testing/hole.pb.h"
#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"

namespace eid::gateway {
namespace {

using testing::Value;

// Naming them makes the linker keep their descriptors.
const auto* const kEcho = rpctest::v1::Echo::descriptor();
const auto* const kHole = rpctest::hole::v1::Nothing::descriptor();
const auto* const kAdmin = admin::v1::Info::descriptor();

Config ConfigOf(std::vector<std::pair<std::string, std::vector<std::string>>> backends) {
  REQUIRE((kEcho != nullptr && kHole != nullptr && kAdmin != nullptr));
  Config config;
  for (auto& [name, packages] : backends) {
    auto* backend = config.add_backends();
    backend->set_name(name);
    for (auto& package : packages) backend->add_packages(package);
    backend->mutable_peer()->set_address("127.0.0.1:1");
    backend->mutable_peer()->set_channels(2);
  }
  return config;
}

TEST_CASE("every method of a package goes to its backend") {
  const Routes routes = Value(Routes::Build(ConfigOf({{"echo", {"rpctest.v1"}}})));
  for (const rpc::Method* method : routes.policies().methods()) {
    if (method->package != "rpctest.v1") continue;
    CHECK(Value(routes.Find(*method, ""))->name() == "echo");
    // Who names a service does not choose where other calls go.
    CHECK(Value(routes.Find(*method, "gateway"))->name() == "echo");
  }
}

TEST_CASE("the administration is every program's; a name chooses") {
  const Routes routes = Value(Routes::Build(ConfigOf({{"echo", {"rpctest.v1"}}})));
  const rpc::Method* info = routes.policies().Find("/eid.admin.v1.AdminService/GetInfo");
  REQUIRE(info != nullptr);
  CHECK(Value(routes.Find(*info, "")) == nullptr);
  CHECK(Value(routes.Find(*info, "gateway")) == nullptr);
  CHECK(Value(routes.Find(*info, "echo"))->name() == "echo");
  CHECK(routes.Find(*info, "nobody").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("only services that somebody outside may call are open") {
  const Routes routes = Value(Routes::Build(ConfigOf({{"echo", {"rpctest.v1"}}})));
  CHECK(routes.open_services() ==
        std::vector<std::string>{"eid.admin.v1.AdminService", "rpctest.v1.EchoService"});
  CHECK(routes.OpenServicesOf(*routes.backends()[0]) ==
        std::vector<std::string>{"rpctest.v1.EchoService"});
  CHECK_FALSE(IsOpen(*routes.policies().Find("/rpctest.v1.EchoIntakeService/EnsureEcho")));
  CHECK(IsOpen(*routes.policies().Find("/rpctest.v1.EchoService/SayAsHolderOrService")));
}

TEST_CASE("the channels of a backend take turns") {
  const Routes routes = Value(Routes::Build(ConfigOf({{"echo", {"rpctest.v1"}}})));
  Backend& backend = *routes.backends()[0];
  Backend::Link* first = &backend.NextLink();
  Backend::Link* second = &backend.NextLink();
  CHECK(first != second);
  CHECK(&backend.NextLink() == first);
}

TEST_CASE("a configuration that leaves doubts is refused") {
  for (const auto& config : {ConfigOf({}), ConfigOf({{"", {"rpctest.v1"}}}),
                             ConfigOf({{"echo", {"rpctest.v1"}}, {"echo", {"rpctest.hole.v1"}}}),
                             ConfigOf({{"a", {"rpctest.v1"}}, {"b", {"rpctest.v1"}}}),
                             ConfigOf({{"a", {"no.such.v1"}}}), ConfigOf({{"a", {"rpctest"}}})}) {
    CHECK(Routes::Build(config).status().code() != absl::StatusCode::kOk);
  }
  CHECK(Routes::Build(ConfigOf({{"hole", {"rpctest.hole.v1"}}})).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  Config no_address = ConfigOf({{"echo", {"rpctest.v1"}}});
  no_address.mutable_backends(0)->mutable_peer()->clear_address();
  CHECK(Routes::Build(no_address).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace eid::gateway
