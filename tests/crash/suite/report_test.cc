// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/report.h"

#include <algorithm>

#include "common/testing/catch.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

// What a scenario says that has found these.
bool IsGood(Part part, std::vector<Journal::Violation> violations) {
  Result result = {.scenario = "some", .part = part};
  if (part != Part::kClean) {
    result.mutant = "defect";
    result.breaks = {Invariant::kQuiet, Invariant::kReadable};
    result.says = "it exists";
  }
  result.violations = std::move(violations);
  return result.good();
}

TEST_CASE("a defect is found by what it breaks, and by nothing else") {
  CHECK_FALSE(IsGood(Part::kMutant, {}));
  CHECK(IsGood(Part::kMutant, {{Invariant::kQuiet, "stands still: it exists."}}));
  CHECK(IsGood(Part::kMutant, {{Invariant::kReadable, "it exists"}}));
  // Another invariant; a stall that has another cause.
  CHECK_FALSE(IsGood(Part::kMutant, {{Invariant::kOnce, "it exists"}}));
  CHECK_FALSE(IsGood(Part::kMutant, {{Invariant::kQuiet, "has no answer after 8s"}}));
  // One of several is enough.
  CHECK(IsGood(Part::kMutant, {{Invariant::kOnce, "twice"}, {Invariant::kQuiet, "it exists"}}));
}

TEST_CASE("trouble of the run's own finds nothing, nor does what comes after it") {
  CHECK_FALSE(IsGood(Part::kMutant, {{Invariant::kHarness, "it exists"}}));
  CHECK_FALSE(
      IsGood(Part::kMutant, {{Invariant::kHarness, "given up"}, {Invariant::kQuiet, "it exists"}}));
  CHECK(
      IsGood(Part::kMutant, {{Invariant::kQuiet, "it exists"}, {Invariant::kHarness, "given up"}}));
}

TEST_CASE("without a defect nothing may be found") {
  for (const Part part : {Part::kClean, Part::kControl}) {
    CHECK(IsGood(part, {}));
    CHECK_FALSE(IsGood(part, {{Invariant::kHarness, "given up"}}));
    CHECK_FALSE(IsGood(part, {{Invariant::kQuiet, "it exists"}}));
  }
}

TEST_CASE("every mutant breaks something, and none is found by trouble of the run") {
  for (const Scenario& scenario : Scenarios()) {
    for (const Mutant& mutant : scenario.mutants) {
      INFO(scenario.name << " " << mutant.name);
      CHECK_FALSE(mutant.breaks.empty());
      CHECK(std::count(mutant.breaks.begin(), mutant.breaks.end(), Invariant::kHarness) == 0);
      // What merely stands still, or is not there, can have many causes.
      for (const Invariant broad : {Invariant::kQuiet, Invariant::kDeadline}) {
        if (std::count(mutant.breaks.begin(), mutant.breaks.end(), broad) > 0) {
          CHECK_FALSE(mutant.says.empty());
        }
      }
    }
  }
}

}  // namespace
}  // namespace eid::crash
