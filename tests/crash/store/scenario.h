// SPDX-License-Identifier: Apache-2.0
// What the store is put through. Each scenario is a function from settings to figures; it says what
// was wrong and never stops the program.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
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
  // How many stores, or rounds; 0: as the selection says.
  uint64_t count = 0;
  // Where stores are made.
  std::string folder;
  // With a mutant: it is enough to find one of these. Empty: there is none, and nothing must be
  // found.
  std::vector<Wrong> wanted = {};

  uint64_t Times(uint64_t in_short, uint64_t in_long) const {
    const uint64_t times = count > 0 ? count : full ? in_long : in_short;
    // Most defects show by chance; it ends with the first find.
    constexpr uint64_t kLongerForMutant = 10;
    return wanted.empty() ? times : times * kLongerForMutant;
  }
};

struct Figures {
  // Stores that were broken and opened again.
  uint64_t cycles = 0;
  // Operations that were acknowledged.
  uint64_t acked = 0;
  // By the children, and by the scenario itself.
  Findings findings;
  // The scenario's own.
  std::map<std::string, uint64_t> figures;
  // Why it could not be run; empty: it was.
  std::string skipped;
  // Folders of stores with which something was wrong, as they were left.
  std::vector<std::string> kept;

  uint64_t wrong() const { return findings.total(); }
  // Whether what a mutant was to produce was found.
  bool Done(const Settings& settings) const { return findings.Has(settings.wanted); }
  void Violation(Wrong kind, std::string what) { findings.Add(kind, std::move(what)); }
  // Takes over what the child found, its figures, and that it was not too slow.
  void Add(const Ending& ending);
};

// A deliberate defect, and what it must produce: nothing else counts as having found it.
struct Mutant {
  const char* name;
  std::vector<Wrong> produces;
};
// Whether figures of a run with the mutant show what it must produce.
bool Caught(const Mutant& mutant, const Figures& figures);

struct Scenario {
  const char* name;
  std::vector<Mutant> mutants;
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
  // Both outlive it.
  Rig(const Settings& settings, absl::string_view name, Figures& figures);
  // The folder goes with it, unless something was wrong and no mutant was to blame.
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // With little memory, so that there are files of all kinds after a few hundred operations.
  kv::DatabaseOptions Options() const;
  // Where a child's log goes; its last lines.
  std::string log() const { return folder + "/log"; }
  std::string LogTail() const;
  // A store that nobody disturbs must open and be complete. Leaves alone one that is over.
  void CheckUndisturbed(const std::string& after);
  // Nothing more is done with it: something was wrong, and is left as it is; or a mutant was found.
  bool over() const;
  uint64_t Random(uint64_t least, uint64_t most) {
    return std::uniform_int_distribution<uint64_t>(least, most)(random);
  }
  // The numbers of the next round's operations.
  uint64_t NextOperations() { return ++rounds * 1'000'000; }

  const Settings& settings;
  Figures& figures;
  // Of figures, when it was made.
  const uint64_t wrong_before;
  const std::string folder;
  History history;
  std::mt19937_64 random;
  uint64_t rounds = 0;
};

}  // namespace eid::crash
