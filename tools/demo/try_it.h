// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "tools/demo/stories.h"
#include "tools/suite/world.h"

namespace eid::demo {

// Writes requests to try into the suite's folder and prints grpcurl lines that work as they stand
// while the suite runs. The requests hold the demonstration's passwords: files of the owner alone.
absl::Status PrintLinesToTry(suite::World& world, const Outcome& outcome);

}  // namespace eid::demo
