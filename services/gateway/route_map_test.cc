// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/route_map.h"

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

absl::StatusOr<RouteMap> Map(std::vector<Served> backends) {
  REQUIRE((kEcho != nullptr && kHole != nullptr && kAdmin != nullptr));
  return RouteMap::Build(std::move(backends));
}

RouteMap EchoMap() { return Value(Map({{"echo", {"rpctest.v1"}}})); }

TEST_CASE("every method of a package goes to its backend") {
  const RouteMap map = EchoMap();
  for (const rpc::Method* method : map.policies().methods()) {
    if (method->package != "rpctest.v1") continue;
    CHECK(Value(map.Find(*method, "")) == 0);
    // Who names a service does not choose where other calls go.
    CHECK(Value(map.Find(*method, "gateway")) == 0);
  }
}

TEST_CASE("the administration is every program's; a name chooses") {
  const RouteMap map = EchoMap();
  const rpc::Method* info = map.policies().Find("/eid.admin.v1.AdminService/GetInfo");
  REQUIRE(info != nullptr);
  CHECK(Value(map.Find(*info, "")) == std::nullopt);
  CHECK(Value(map.Find(*info, "gateway")) == std::nullopt);
  CHECK(Value(map.Find(*info, "echo")) == 0);
  CHECK(map.Find(*info, "nobody").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("only services that somebody outside may call are open") {
  const RouteMap map = EchoMap();
  CHECK(map.open_services() ==
        std::vector<std::string>{"eid.admin.v1.AdminService", "rpctest.v1.EchoService"});
  CHECK(map.OpenServicesOf(0) == std::vector<std::string>{"rpctest.v1.EchoService"});
  CHECK_FALSE(IsOpen(*map.policies().Find("/rpctest.v1.EchoIntakeService/EnsureEcho")));
  CHECK(IsOpen(*map.policies().Find("/rpctest.v1.EchoService/SayAsHolderOrService")));
}

TEST_CASE("backends that leave doubts are refused") {
  const std::vector<std::vector<Served>> doubtful = {
      {},
      {{"", {"rpctest.v1"}}},
      {{"echo", {"rpctest.v1"}}, {"echo", {"rpctest.hole.v1"}}},
      {{"a", {"rpctest.v1"}}, {"b", {"rpctest.v1"}}},
      {{"a", {"rpctest.v1", "rpctest.v1"}}},
      {{"a", {"no.such.v1"}}},
      {{"a", {"rpctest"}}},
      // Nobody could call it.
      {{"echo", {"rpctest.v1"}}, {"idle", {}}},
      // Who names it is answered by the gateway itself.
      {{"gateway", {"rpctest.v1"}}},
      // Goes by the name of a service, never by the package.
      {{"echo", {"rpctest.v1", "eid.admin.v1"}}}};
  for (const std::vector<Served>& backends : doubtful) {
    INFO((backends.empty() ? "none" : backends.back().name));
    CHECK(Map(backends).status().code() == absl::StatusCode::kInvalidArgument);
  }
  CHECK(Map({{"hole", {"rpctest.hole.v1"}}}).status().code() ==
        absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace eid::gateway
