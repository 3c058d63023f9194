// SPDX-License-Identifier: Apache-2.0
// Linked last into every program of this folder: what must hold when all the others have run.
#include "absl/strings/str_join.h"
#include "common/testing/catch.h"
#include "tests/integration/support/stage.h"

namespace eid::integration {
namespace {

TEST_CASE("at the end no log holds a secret, and every program stops when told to") {
  if (!Stage::IsOpen()) return;
  Stage& stage = Stage::Get();
  CHECK(stage.secret_count() > 10);
  const std::vector<std::string> found = stage.FindSecrets();
  INFO(absl::StrJoin(found, "\n"));
  CHECK(found.empty());
  const std::vector<std::string> wrong = Stage::End();
  INFO(absl::StrJoin(wrong, "\n"));
  CHECK(wrong.empty());
}

}  // namespace
}  // namespace eid::integration
