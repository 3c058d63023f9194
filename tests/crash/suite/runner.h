// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace eid::crash {

struct Settings {
  // The long selection's counts, not the short one's.
  bool is_long = false;
  // Also each scenario with each of its defects.
  bool mutants = false;
  // How often; 0: as the selection says.
  int count = 0;
  // One scenario; empty: all.
  std::string scenario;
  // The state of a run that failed is kept here; empty: a new directory.
  std::string directory;
  bool keep = false;
  uint64_t seed = 0;
};

// Runs and reports. The exit code: 0 if nothing was wrong and every defect was found.
int RunAll(const Settings& settings);
// Prints the scenarios' names and what each does. 0.
int ListAll();

}  // namespace eid::crash
