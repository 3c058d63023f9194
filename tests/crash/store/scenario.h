// SPDX-License-Identifier: Apache-2.0
// What the store is put through. Each scenario is a function from settings to figures; it says what
// was wrong and never stops the program.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "tests/crash/store/child.h"
#include "tests/crash/store/history.h"

namespace eid::crash {

struct Settings {
  uint64_t seed = 1;
  // The long run instead of the short one.
  bool full = false;
  // An empty folder of the scenario's own.
  std::string folder;
  // For mutants: one thing that is wrong is enough.
  bool stop_at_first = false;

  uint64_t Times(uint64_t in_short, uint64_t in_long) const { return full ? in_long : in_short; }
};

struct Figures {
  // Stores that were broken and opened again.
  uint64_t cycles = 0;
  // Operations that were acknowledged.
  uint64_t acked = 0;
  Findings findings;
  // The scenario's own.
  std::map<std::string, uint64_t> figures;
  // What must not be, besides the findings: refused, not refused, crashed, too slow.
  uint64_t violations = 0;
  std::vector<std::string> examples;
  // Why it could not be run; empty: it was.
  std::string skipped;

  uint64_t wrong() const { return violations + findings.wrong(); }
  void Violation(std::string what);
  // Takes over what the child found, its figures, and that it was not too slow.
  void Add(const Ending& ending);
  void Add(const Figures& more);
};

struct Scenario {
  const char* name;
  // What it must find with them.
  std::vector<const char*> mutants;
  Figures (*run)(const Settings&);
};

const std::vector<Scenario>& Scenarios();

Figures PowerLoss(const Settings& settings);
Figures ByteFlip(const Settings& settings);
Figures FileDeleted(const Settings& settings);
Figures OlderCopy(const Settings& settings);
Figures IoErrorNth(const Settings& settings);
Figures DiskFull(const Settings& settings);
Figures KillPoints(const Settings& settings);

// A store, its mark and its history, on their way through a scenario.
struct Rig {
  Rig(const Settings& settings, absl::string_view name);
  // The folder goes with it.
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // With little memory, so that there are files of all kinds after a few hundred operations.
  kv::DatabaseOptions Options() const;
  // Where a child's log goes; its last lines.
  std::string log() const { return folder + "/log"; }
  std::string LogTail() const;
  // A store that nobody disturbs must open and be complete.
  void CheckUndisturbed(const std::string& after, Figures& figures);
  uint64_t Random(uint64_t least, uint64_t most) {
    return std::uniform_int_distribution<uint64_t>(least, most)(random);
  }
  // The numbers of the next round's operations.
  uint64_t NextOperations() { return ++rounds * 1'000'000; }

  const std::string folder;
  History history;
  std::mt19937_64 random;
  uint64_t rounds = 0;
};

}  // namespace eid::crash
