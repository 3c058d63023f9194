// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/demo/kept.h"

namespace eid::demo {

// Starts the suite, tells all stories. The exit code.
int Run(const Arguments& arguments);

}  // namespace eid::demo
