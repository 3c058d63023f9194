// SPDX-License-Identifier: Apache-2.0
// The power goes just before some operation of the file system: while the store is made, opened,
// written, flushed, compacted or closed. Then everything that was not synced goes or is torn, names
// of files included, the mark's volume too.
#include "absl/strings/str_cat.h"
#include "common/kv/testing/fault_files.h"
#include "tests/crash/store/scenario.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

// Power losses of one store, from its making on.
constexpr uint64_t kOfOneStore = 10;

void LosePowerOnce(Rig& rig) {
  Figures& figures = rig.figures;
  const uint64_t first = rig.NextOperations();
  kv::testing::FaultPlan plan = {.seed = rig.random(), .trash = rig.folder + "/trash"};
  // To open takes some forty operations of the file system; an operation of ours, two or three.
  plan.power_loss_at = rig.Random(0, 3) == 0 ? rig.Random(1, 60) : rig.Random(60, 900);
  const uint64_t seed = rig.random();
  const Ending ending = RunChild(rig.history, {.log = rig.log()}, [&](const Teller& teller) {
    kv::testing::FaultFiles files(plan);
    kv::DatabaseOptions options = rig.Options();
    options.file_system = files.file_system();
    Work(teller, rig.history, options,
         {.seed = seed, .first_operation = first, .operations_of_each = 60});
    files.LosePower(kKilled);
  });
  ++figures.cycles;
  figures.Add(ending);
  figures.figures["while opening"] += !ending.opened;
  const std::string where = absl::StrCat("power loss at operation ", plan.power_loss_at);
  if (ending.code != kKilled && !ending.too_slow) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat(where, ": ended with ", ending.code, ": ", rig.LogTail()));
  }
  if (!ending.refusal.ok()) {
    figures.Violation(Wrong::kRefused, absl::StrCat("refused: ", ending.refusal.ToString()));
  }
}

}  // namespace

Figures PowerLoss(const Settings& settings) {
  Figures figures;
  const uint64_t stores = settings.Times(5, 1000);
  for (uint64_t store = 0; store < stores; ++store) {
    Rig rig(settings, absl::StrCat("power_loss_", store), figures);
    for (uint64_t i = 0; i < kOfOneStore && !rig.over(); ++i) LosePowerOnce(rig);
    rig.CheckUndisturbed("after the last power loss");
    if (figures.Done(settings)) return figures;
  }
  return figures;
}

}  // namespace eid::crash
