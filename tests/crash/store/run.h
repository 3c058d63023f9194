// SPDX-License-Identifier: Apache-2.0
// What the command line asks for, done and told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace eid::crash {

struct Wishes {
  uint64_t seed = 1;
  bool full = false;
  // How many stores of each scenario, or rounds; 0: as the selection says. Not for mutants.
  uint64_t count = 0;
  // Empty: all.
  std::vector<std::string> scenarios;
  // After the scenarios, each with its mutants.
  bool mutants = false;
  // A file for a line of JSON for each scenario and mutant; empty: none.
  std::string json;
  // Where the stores are made; empty: the system's folder for temporary files.
  std::string folder;
};

// Prints a line for each scenario and each mutant. 0: nothing was wrong, and each mutant was caught
// by what it produces. With mutants a scenario that cannot be run is a failure.
int Run(const Wishes& wishes);

// Prints the scenarios' names.
int List();

}  // namespace eid::crash
