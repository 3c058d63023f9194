// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/suite_rows.h"

namespace eid::bench {

std::vector<Row> SuiteRows(Context&) { return {}; }

}  // namespace eid::bench
