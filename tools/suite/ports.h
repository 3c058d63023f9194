// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"

namespace eid::suite {

// Ports on the loopback that nobody has, no two the same. UNAVAILABLE.
absl::StatusOr<std::vector<int>> FreePorts(size_t count);
// One.
absl::StatusOr<int> FreePort();

}  // namespace eid::suite
