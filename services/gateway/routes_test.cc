// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/routes.h"

#include "common/rpc/testing/echo.pb.h"
#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"

namespace eid::gateway {
namespace {

using testing::Value;

// Naming them makes the linker keep their descriptors.
const auto* const kEcho = rpctest::v1::Echo::descriptor();
const auto* const kAdmin = admin::v1::Info::descriptor();

Config ConfigOf(std::vector<std::pair<std::string, std::vector<std::string>>> backends) {
  REQUIRE((kEcho != nullptr && kAdmin != nullptr));
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

TEST_CASE("calls go to the backend of the map, and its services are known by it") {
  const Routes routes =
      Value(Routes::Build(ConfigOf({{"echo", {"rpctest.v1"}}, {"carrier", {"eid.trunk.v1"}}})));
  Backend& echo = *routes.backends()[0];
  CHECK(Value(routes.Find(*routes.policies().Find("/rpctest.v1.EchoService/Say"), "")) == &echo);
  CHECK(routes.OpenServicesOf(echo) == std::vector<std::string>{"rpctest.v1.EchoService"});
  CHECK(routes.OpenServicesOf(*routes.backends()[1]).empty());
  const rpc::Method* info = routes.policies().Find("/eid.admin.v1.AdminService/GetInfo");
  REQUIRE(info != nullptr);
  CHECK(Value(routes.Find(*info, "")) == nullptr);
  CHECK(Value(routes.Find(*info, "echo")) == &echo);
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
  CHECK(Routes::Build(ConfigOf({})).status().code() == absl::StatusCode::kInvalidArgument);
  Config no_address = ConfigOf({{"echo", {"rpctest.v1"}}});
  no_address.mutable_backends(0)->mutable_peer()->clear_address();
  CHECK(Routes::Build(no_address).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace eid::gateway
