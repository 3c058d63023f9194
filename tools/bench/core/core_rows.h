// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tools/bench/frame/context.h"
#include "tools/bench/frame/row.h"

namespace eid::bench {

// What needs no suite. `context` outlives the rows.
std::vector<Row> CoreRows(Context& context);

}  // namespace eid::bench
