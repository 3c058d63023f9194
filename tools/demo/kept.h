// SPDX-License-Identifier: Apache-2.0
// Where the demonstration lives, and the suite that an earlier one left running.
#pragma once

#include <string>

#include "tools/suite/suite.h"

namespace eid::demo {

struct Arguments {
  bool keep = false;
  bool stop = false;
  int count = 0;
};

// .dev/demo below the project, emptied.
std::string FreshDirectory();
// Writes down the processes of a suite that goes on.
void RememberKept(suite::Suite& suite);
// Stops them, if they still run, and waits for their end.
void StopKept();

}  // namespace eid::demo
