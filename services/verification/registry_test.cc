// SPDX-License-Identifier: Apache-2.0
#include "services/verification/registry.h"

#include "common/testing/catch.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

constexpr int kFailuresToOpen = 3;

struct Asked {
  Asked() { peer.Put(testing::Organization()); }
  absl::Status Ask() {
    registry::v1::LookupOrganizationRequest request;
    request.set_tax_code(testing::kTaxCode);
    absl::Status status;
    REQUIRE(
        registry.Ask(request, [&](absl::StatusOr<Answer> answer) { status = answer.status(); }));
    return status;
  }

  FakeClock clock;
  testing::FakeRegistry peer{"business", clock};
  Registry registry{"business", peer, {.circuit = {.failures_to_open = kFailuresToOpen}}, clock};
};

TEST_CASE("one bad record keeps nobody else from asking") {
  Asked world;
  world.peer.Mangle([](registry::v1::LookupOrganizationResponse& response) {
    response.mutable_organization()->set_tax_code("0100233488");
  });
  for (int i = 0; i < 2 * kFailuresToOpen; ++i) CHECK(absl::IsDataLoss(world.Ask()));
  CHECK(world.registry.is_closed());
}

TEST_CASE("a registry that fails is left alone for a while") {
  Asked world;
  world.peer.Fail(absl::InternalError("broken"));
  for (int i = 0; i < kFailuresToOpen; ++i) CHECK(absl::IsInternal(world.Ask()));
  CHECK_FALSE(world.registry.is_closed());
}

}  // namespace
}  // namespace eid::verification
