// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tools/bench/frame/context.h"
#include "tools/bench/frame/row.h"

namespace eid::bench {

// What needs the whole suite. `context` outlives the rows.
std::vector<Row> SuiteRows(Context& context);

}  // namespace eid::bench
