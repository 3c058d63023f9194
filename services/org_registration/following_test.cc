// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/following.h"

#include "common/testing/matchers.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using testing::World;
using v1::Registration;

TEST_CASE("an event moves its registration; the place is stored late, and kept") {
  World world;
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  Following following(*world.db, world.clock, *world.workflow);
  CHECK(following.Token(PEER_APPROVAL).empty());
  world.peers.Approve(id);
  following.OnEvent(world.peers.cases[id], "token-1");
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
  CHECK(following.Token(PEER_APPROVAL) == "token-1");
  const auto stored = [&] {
    world.Settle();
    return Following(*world.db, world.clock, *world.workflow).Token(PEER_APPROVAL);
  };
  CHECK(stored().empty());
  world.clock.Advance(Following::kStoreAfter);
  following.OnHeartbeat(PEER_APPROVAL, "token-2");
  CHECK(stored() == "token-1");

  // Away and back: from where it was.
  following.OnEnd(PEER_APPROVAL, absl::UnavailableError("gone"));
  CHECK(following.Token(PEER_APPROVAL) == "token-2");
  // Too long away: from now.
  following.OnEnd(PEER_APPROVAL, absl::OutOfRangeError("too old"));
  CHECK(following.Token(PEER_APPROVAL).empty());
  CHECK(stored().empty());
}

TEST_CASE("the pause between attempts grows to a bound, and begins anew") {
  World world;
  Following following(*world.db, world.clock, *world.workflow);
  absl::Duration last;
  for (int i = 0; i < 20; ++i) {
    const absl::Duration pause = following.OnEnd(PEER_APPROVAL, absl::UnavailableError(""));
    CHECK(pause >= last);
    last = pause;
  }
  CHECK(last == absl::Seconds(2));
  following.OnHeartbeat(PEER_APPROVAL, "token");
  CHECK(following.OnEnd(PEER_APPROVAL, absl::UnavailableError("")) < last);
}

}  // namespace
}  // namespace eid::org_registration
