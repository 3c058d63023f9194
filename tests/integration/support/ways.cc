// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/ways.h"

#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"

namespace eid::integration {
namespace {

// Somebody who holds nothing but an account.
constexpr char kHolder[] = "010187411407";

suite::Person& SomebodyFor(Stage& stage, const Rpc& rpc) {
  suite::World& world = stage.world();
  if (rpc.policy.roles().empty()) return stage.Admit(kHolder);
  switch (rpc.policy.roles(0)) {
    case policy::v1::OFFICER_ROLE_INTAKE: return world.intake();
    case policy::v1::OFFICER_ROLE_REVIEWER: return world.reviewer();
    case policy::v1::OFFICER_ROLE_APPROVER: return world.approver();
    default: return world.administrator();
  }
}

}  // namespace

Way WayTo(Stage& stage, const Rpc& rpc) {
  if (rpc.ServicesOnly()) {
    for (const auto& [service, caller] : CallersIn(rpc.program)) {
      if (service == rpc.service) return {.door = DirectDoor(stage, rpc.program, caller)};
    }
    FAIL("nobody may call " << rpc.path);
  }
  Way way = {
      .door = {.name = "the gateway", .channel = stage.world().gateway(), .is_gateway = true}};
  if (rpc.Admits(policy::v1::AUDIENCE_PUBLIC)) return way;
  suite::Person& person = SomebodyFor(stage, rpc);
  REQUIRE_OK(person.KeepLoggedIn());
  stage.SecretsOf(person);
  way.options = OptionsFor(rpc, {.name = "", .token = person.token()});
  return way;
}

Answer CallBy(const Way& way, const Rpc& rpc, absl::string_view request) {
  return CallPatiently(way.door.channel, rpc.path, request, way.options);
}

std::map<std::string, int64_t> StoreRevisions(Stage& stage) {
  std::map<std::string, int64_t> revisions;
  for (const Rpc& rpc : AllRpcs()) {
    if (rpc.service != "eid.admin.v1.AdminService") continue;
    const Answer answer = CallBy(WayTo(stage, rpc), rpc, "");
    INFO(rpc.program);
    REQUIRE_OK(answer.status);
    admin::v1::Info info;
    REQUIRE(info.ParseFromString(answer.messages.at(0)));
    REQUIRE(info.service() == rpc.program);
    revisions[rpc.program] = info.store_revision();
  }
  return revisions;
}

}  // namespace eid::integration
