// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {

// What is done: a scenario as it is, with a defect that it has to find, or the same without the
// defect, in which nothing must be found.
enum class Part { kClean, kMutant, kControl };

// One of these.
struct Result {
  std::string scenario;
  Part part = Part::kClean;
  // Empty: none.
  std::string mutant;
  int count = 0;
  // Begun, of count.
  int rounds = 0;
  absl::Duration took = {};
  Journal::Totals calls = {};
  std::vector<Journal::Violation> violations = {};
  size_t registrations = 0;
  size_t accounts = 0;
  Tally tally = {};

  // What the defect was to break, and what that has to say.
  std::vector<Invariant> breaks = {};
  std::string says = {};

  // Nothing was found; or, with a defect, what was to be found, and no trouble of the run's own
  // before it.
  bool good() const;
};

// Prints one result as soon as it is there, with what was wrong.
void PrintResult(const Result& result);
// Prints all of them: a table, and how often each point was reached. Gives false, and says why, if
// a point was not.
bool PrintSummary(const std::vector<Result>& results);

}  // namespace eid::crash
