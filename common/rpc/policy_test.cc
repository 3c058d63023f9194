// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/policy.h"

#include "absl/strings/match.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/rpc/testing/hole.pb.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;

// Naming them makes the linker keep their descriptors.
const auto* const kEcho = rpctest::v1::Echo::descriptor();
const auto* const kHole = rpctest::hole::v1::Nothing::descriptor();

TEST_CASE("a policy map knows every method of its services") {
  REQUIRE(kEcho != nullptr);
  REQUIRE(kHole != nullptr);
  const PolicyMap map =
      Value(PolicyMap::Build({"rpctest.v1.EchoService", "rpctest.v1.EchoIntakeService"}));
  CHECK(map.methods().size() == 10);

  const Method* say = map.Find("/rpctest.v1.EchoService/Say");
  REQUIRE(say != nullptr);
  CHECK(say->service == "rpctest.v1.EchoService");
  CHECK(say->package == "rpctest.v1");
  CHECK(say->policy.audiences(0) == policy::v1::AUDIENCE_PUBLIC);
  CHECK_FALSE(say->streaming());
  CHECK(map.Find("/rpctest.v1.EchoService/Spell")->server_streaming);
  CHECK(map.Find("/rpctest.v1.EchoService/Collect")->client_streaming);

  for (const char* unknown :
       {"", "/", "Say", "/rpctest.v1.EchoService/", "/rpctest.v1.EchoService/say",
        "/rpctest.hole.v1.HoleService/NoPolicy"}) {
    INFO(unknown);
    CHECK(map.Find(unknown) == nullptr);
  }
}

TEST_CASE("a service with holes in its policies is refused, and the error lists them all") {
  const absl::Status refused =
      PolicyMap::Build({"rpctest.v1.EchoService", "rpctest.hole.v1.HoleService", "no.such.Service"})
          .status();
  CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
  for (const char* hole :
       {"HoleService.NoPolicy: no policy", "HoleService.NoAudience: no audience",
        "HoleService.BadAudience: an unknown audience", "HoleService.NoRateClass: no rate class",
        "HoleService.BadRole: an unknown role", "no.such.Service: not linked"}) {
    INFO(hole);
    CHECK(absl::StrContains(refused.message(), hole));
  }
  CHECK_FALSE(absl::StrContains(refused.message(), "EchoService.Say"));
}

TEST_CASE("linked services are found without being named") {
  const std::vector<std::string> services = LinkedServices("rpctest.");
  CHECK(services == std::vector<std::string>{"rpctest.hole.v1.HoleService",
                                             "rpctest.v1.EchoIntakeService",
                                             "rpctest.v1.EchoService"});
  CHECK(LinkedServices("rpctest.v1.").size() == 2);
  CHECK(LinkedServices("rpctest.v2.").empty());
}

}  // namespace
}  // namespace eid::rpc
