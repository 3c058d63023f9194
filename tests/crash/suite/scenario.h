// SPDX-License-Identifier: Apache-2.0
// The named ways in which the suite is broken, and the deliberate defects that each must find.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/crash/suite/load.h"
#include "tests/crash/suite/nemesis.h"

namespace eid::crash {

// A defect that is built in (common/fault) and has to be found.
struct Mutant {
  std::string name;
  // The program that has it.
  std::string program;
  // What it breaks: nothing else counts as having found it, and kHarness never does.
  std::vector<Invariant> breaks;
  // Words that the violation has to have, where others of its kind may have other causes.
  std::string says = {};
  // How often the scenario is run at most before the stores are looked at.
  int count = 12;
  // kill_points: where programs are ended, "program:point"; the other scenarios break the program
  // with the defect alone.
  std::vector<std::string> points = {};
  // kill_random: the program that is killed; empty: the one with the defect.
  std::string victim = {};
};

// What a scenario has to work with.
struct Run {
  Arena& arena;
  Load& load;
  Nemesis& nemesis;
  // How often everything is done.
  int count = 1;
  // The defect for which it is done, as it has to be to find this one; null: for none. Whether the
  // defect is there, or this is its control, is none of a scenario's business.
  const Mutant* mutant = nullptr;
  // The long selection.
  bool is_long = false;
  // Begun so far.
  int rounds = 0;

  // Whether there is to be another round. Sessions end when nobody uses them, and who reads the stores
  // at the end has little to do until then.
  bool NextRound();

  Journal& journal() { return load.journal(); }
  // Whether to go on.
  bool well() { return !load.journal().violated(); }
  // Lets the load get on until some more calls were acknowledged.
  bool AwaitSome(int most = 6);
  // Lets the load get on, for so long at most.
  void Wait(absl::Duration duration);
  // A status that is not OK ends the scenario: the run itself did not get on.
  bool Check(const absl::Status& status);
};

struct Scenario {
  std::string name;
  std::string what;
  void (*run)(Run& run);
  // How often by default: in the short selection, and in the long one.
  int short_count;
  int long_count;
  LoadOptions load = {};
  std::vector<Mutant> mutants = {};
};

const std::vector<Scenario>& Scenarios();

// Each is in a file of its own.
void KillRandom(Run& run);
void KillPoints(Run& run);
void PeerStopped(Run& run);
void RegistryBad(Run& run);
void Sigterm(Run& run);

// The services, and the points of each that kill_points ends it at.
struct Points {
  std::string program;
  std::vector<std::string> points;
};
const std::vector<Points>& AllPoints();

}  // namespace eid::crash
