// SPDX-License-Identifier: Apache-2.0
// The n-th operation of a kind fails, for every n until a run meets no failure; then, while the store
// still does what it does about it, the power goes. What a failed sync was asked to keep, bytes of a
// file or names in a folder, may be lost or be there: no later one makes it sure.
#include <csignal>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/fault_files.h"
#include "tests/crash/store/scenario.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

using kv::testing::FaultFiles;
using kv::testing::FaultPlan;
using kv::testing::Operation;

struct Kind {
  const char* name;
  Operation operation;
  bool no_space = false;
  // Every n so often: what is left is by chance, and what was built on it too.
  uint64_t rounds = 1;
};
constexpr Kind kKinds[] = {
    {.name = "sync of a folder", .operation = Operation::kSyncFolder, .rounds = 3},
    {.name = "append", .operation = Operation::kAppend},
    {.name = "append, no space", .operation = Operation::kAppend, .no_space = true},
    {.name = "sync", .operation = Operation::kSync},
    {.name = "rename", .operation = Operation::kRename},
    {.name = "open", .operation = Operation::kOpen},
};
// A mutant is looked for longer, and no longer than it takes.
constexpr uint64_t kRoundsWithMutant = 8;

constexpr int kMet = 10;
constexpr int kNotMet = 11;
constexpr int kStopped = 12;

// For the handler of a signal.
FaultFiles* dying_files = nullptr;

// The process stops itself, and the power goes.
void WhenAborted(int) { dying_files->LosePower(kStopped); }

// A child's life: makes the store or opens it, writes, perhaps closes; whatever comes of it, the
// power goes.
void LiveWith(const FaultPlan& plan, const Rig& rig, const Teller& teller, const Load& load) {
  FaultFiles files(plan);
  dying_files = &files;
  std::signal(SIGABRT, WhenAborted);
  kv::DatabaseOptions options = rig.Options();
  options.file_system = files.file_system();
  auto database = OpenAndCompare(teller, rig.history, options);
  // Whoever watches the program starts it again; the disk is the same.
  if (database == nullptr) database = OpenAndCompare(teller, rig.history, options);
  if (database != nullptr) {
    AskAgain(teller, rig.history, *database, load.seed);
    RunLoad(teller, *database, load);
  }
  if (load.seed % 2 == 0) database.reset();
  files.LosePower(files.failed() ? kMet : kNotMet);
}

// Whether the failure was met, by a store that is new or has been written to before.
bool FailNth(const Settings& settings, const Kind& kind, bool made_before, uint64_t round,
             uint64_t n, Figures& figures) {
  Rig rig(settings, absl::StrCat("io_error_nth_", round, "_", kind.name, "_", n), figures);
  if (made_before) {
    const Load before = {.first_operation = rig.NextOperations(), .operations_of_each = 3};
    (void)RunChild(rig.history, {.log = rig.log()},
                   [&](const Teller& teller) { Work(teller, rig.history, rig.Options(), before); });
  }
  const Load load = {.seed = rig.random(),
                     .first_operation = rig.NextOperations(),
                     .workers = 2,
                     .operations_of_each = settings.full ? 50U : 5U,
                     .ballast = 40'000};
  const FaultPlan plan = {.seed = rig.random(),
                          .trash = rig.folder + "/trash",
                          .failing = kind.operation,
                          .fail_at = n,
                          .no_space = kind.no_space};
  const Ending ending = RunChild(rig.history, {.log = rig.log()},
                                 [&](const Teller& teller) { LiveWith(plan, rig, teller, load); });
  const std::string where = absl::StrCat(kind.name, " number ", n);
  figures.Add(ending);
  if (ending.code == kNotMet) return false;
  ++figures.cycles;
  ++figures.figures[kind.name];
  const char* came = ending.code == kStopped ? "stopped"
                     : !ending.refusal.ok()  ? "refused at open"
                                             : "went on";
  ++figures.figures[came];
  if (ending.code != kStopped && ending.code != kMet && !ending.too_slow) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat(where, ": ended with ", ending.code, ": ", rig.LogTail()));
  }
  rig.CheckUndisturbed(where);
  return true;
}

// Every n of one kind, for a store that is new and one that has been written to; the short run takes
// turns.
void FailEach(const Settings& settings, const Kind& kind, uint64_t round, Figures& figures) {
  bool met[2] = {true, true};
  uint64_t failures[2] = {0, 0};
  for (uint64_t n = 1; met[0] || met[1]; ++n) {
    for (const size_t made_before : {0, 1}) {
      if (!settings.full && made_before != (n + round) % 2) continue;
      met[made_before] = FailNth(settings, kind, made_before == 1, round, n, figures);
      failures[made_before] += met[made_before];
      if (figures.Done(settings)) return;
    }
  }
  for (const size_t made_before : {0, 1}) {
    if (failures[made_before] > 0) continue;
    figures.Violation(Wrong::kHarness,
                      absl::StrCat("no ", kind.name, " has failed in a store that ",
                                   made_before == 1 ? "was there before" : "is new"));
  }
}

}  // namespace

Figures IoErrorNth(const Settings& settings) {
  Figures figures;
  for (const Kind& kind : kKinds) {
    const uint64_t rounds =
        settings.Times(1, 1) * kind.rounds * (settings.wanted.empty() ? 1 : kRoundsWithMutant);
    for (uint64_t round = 0; round < rounds; ++round) {
      FailEach(settings, kind, round, figures);
      if (figures.Done(settings)) return figures;
    }
  }
  return figures;
}

}  // namespace eid::crash
