// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "tools/bench/core/commits.h"
#include "tools/bench/frame/context.h"

namespace eid::bench {

// Lets a suite of its own do registrations in five steps (five_steps.h) for a second, stops it, and
// gives what its four stores wrote meanwhile, mixed as it was. INTERNAL: less than a thousand commits.
absl::StatusOr<std::vector<Commit>> RecordFlow(Context& context);

}  // namespace eid::bench
