// SPDX-License-Identifier: Apache-2.0
// The contracts of this tree against the published ones.
#include <string>

#include "absl/strings/str_join.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "tests/contract/compare.h"

namespace eid::contract {
namespace {

TEST_CASE("what was published still holds") {
  const auto before = testing::Value(ReadDescriptorSet(EID_CONTRACT_BASELINE));
  const auto after = testing::Value(ReadDescriptorSet(EID_CONTRACT_CURRENT));
  const auto breaks = testing::Value(BreakingChanges(before, after));
  INFO(absl::StrJoin(breaks, "\n"));
  INFO(
      "A published contract is never changed: reserve what goes and add beside it, or begin a v2.\n"
      "Only what no release carried yet may be published anew: tools/dev contract --accept");
  CHECK(breaks.empty());
}

}  // namespace
}  // namespace eid::contract
