// SPDX-License-Identifier: Apache-2.0
// The process is killed: at random moments, and at each named point (common/fault).
#include "absl/strings/str_cat.h"
#include "tests/crash/store/scenario.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

constexpr const char* kPoints[] = {"before_write", "after_write", "before_reply", "mid_batch"};
// Kills of one store.
constexpr uint64_t kOfOneStore = 12;
constexpr uint64_t kOperationsOfEach = 400;

void KillOnce(Rig& rig, ChildOptions options) {
  Figures& figures = rig.figures;
  options.log = rig.log();
  const Load load = {.seed = rig.random(),
                     .first_operation = rig.NextOperations(),
                     .operations_of_each = kOperationsOfEach};
  const Ending ending = RunChild(rig.history, options, [&](const Teller& teller) {
    Work(teller, rig.history, rig.Options(), load);
  });
  ++figures.cycles;
  figures.Add(ending);
  const bool killed = ending.code == kKilled;
  const std::string point = options.fail_point.substr(0, options.fail_point.find(':'));
  const std::string how = point.empty() ? "killed at random" : absl::StrCat("killed ", point);
  figures.figures[how] += killed;
  if (!ending.refusal.ok()) {
    figures.Violation(Wrong::kRefused, absl::StrCat("refused: ", ending.refusal.ToString()));
  } else if (!killed) {
    // Of itself: the kill or the point did not come.
    figures.Violation(ending.code == 0 ? Wrong::kHarness : Wrong::kEnded,
                      absl::StrCat("not ", how, ", ended with ", ending.code, ": ", rig.LogTail()));
  }
}

}  // namespace

Figures KillPoints(const Settings& settings) {
  Figures figures;
  const uint64_t stores = settings.Times(5, 125);
  for (uint64_t store = 0; store < stores; ++store) {
    Rig rig(settings, absl::StrCat("kill_points_", store), figures);
    for (uint64_t i = 0; i < kOfOneStore && !rig.over(); ++i) {
      ChildOptions options;
      if (i % 3 == 0) {
        // Each point is met at least once in a store's life.
        options.fail_point =
            absl::StrCat(kPoints[(i / 3 + store) % std::size(kPoints)], ":", rig.Random(1, 60));
      } else {
        options.kill = {.after_acks = rig.Random(0, 400),
                        .and_then = absl::Microseconds(rig.Random(0, 2000))};
      }
      KillOnce(rig, options);
    }
    rig.CheckUndisturbed("after the last kill");
    if (figures.Done(settings)) return figures;
  }
  return figures;
}

}  // namespace eid::crash
