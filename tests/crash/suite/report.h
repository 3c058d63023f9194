// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {

// One scenario, or one with a defect.
struct Result {
  std::string scenario;
  // Empty: none.
  std::string mutant;
  int count = 0;
  absl::Duration took = {};
  Journal::Totals calls = {};
  std::vector<Journal::Violation> violations = {};
  size_t registrations = 0;
  size_t accounts = 0;
  Tally tally = {};

  // What the defect was to break.
  std::vector<Invariant> breaks = {};

  // Nothing was found; or, with a defect, what was to be found.
  bool good() const;
};

// Prints one result as soon as it is there, with what was wrong.
void PrintResult(const Result& result);
// Prints all of them: a table, and how often each point was reached. Gives false, and says why, if
// a point was not.
bool PrintSummary(const std::vector<Result>& results);

}  // namespace eid::crash
