// SPDX-License-Identifier: Apache-2.0
// Many registrations at once, with a progress bar.
#pragma once

#include "absl/status/status.h"
#include "tools/suite/world.h"

namespace eid::demo {

// Takes `count` new organizations through the five steps, a few at a time, and prints a summary.
// The first failure, if any.
absl::Status RegisterMany(suite::World& world, int count);

}  // namespace eid::demo
