// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/damage.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

// A person who reads one of these knows what to do next.
bool SaysWhatToDo(absl::string_view text) {
  for (const char* advice :
       {"restore the latest backup", "Put it back", "Put the latest store back",
        "Put the right one back", "delete the mark"}) {
    if (absl::StrContains(text, advice)) return true;
  }
  return false;
}

}  // namespace

std::string KindOf(const std::string& file_name) {
  if (absl::EndsWith(file_name, ".log")) return "log";
  if (absl::EndsWith(file_name, ".sst")) return "table";
  if (absl::StartsWith(file_name, "MANIFEST")) return "manifest";
  if (absl::StartsWith(file_name, "OPTIONS")) return "options";
  if (file_name == "CURRENT") return "current";
  if (file_name == "IDENTITY") return "identity";
  if (file_name == "mark") return "mark";
  return "other";
}

uint64_t Write(Rig& rig, End end, uint64_t operations_of_each) {
  ChildOptions options = {.log = rig.log()};
  Load load = {.seed = rig.random(),
               .first_operation = rig.NextOperations(),
               .operations_of_each = operations_of_each};
  if (end == End::kKilled) {
    options.kill.after_acks = load.operations_of_each * load.workers / 2;
    load.operations_of_each *= 100;
  }
  const Ending ending = RunChild(rig.history, options, [&](const Teller& teller) {
    Work(teller, rig.history, rig.Options(), load);
  });
  rig.figures.Add(ending);
  if (ending.code != (end == End::kKilled ? kKilled : 0) || !ending.refusal.ok()) {
    rig.figures.Violation(Wrong::kHarness,
                          absl::StrCat("the store was not made: ", ending.code, " ",
                                       ending.refusal.ToString(), " ", rig.LogTail()));
  }
  uint64_t acked = 0;
  for (const auto& [id, operation] : rig.history.operations()) {
    acked += id >= load.first_operation && operation.outcome == Outcome::kAcked;
  }
  return acked;
}

Copy::Copy(const Rig& rig) : folder_(rig.folder + "/copy") {
  fs::remove_all(folder_);
  fs::create_directory(folder_);
  fs::copy(rig.Options().path, store(), fs::copy_options::recursive);
  // A mutant has none.
  std::error_code ignored;
  fs::copy(rig.Options().high_water_path, mark(), ignored);
}

std::vector<std::string> Copy::Files() const {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(store())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void Examine(Rig& rig, const Copy& copy, const std::string& what, bool must_refuse, Mark mark) {
  Figures& figures = rig.figures;
  kv::DatabaseOptions options = rig.Options();
  options.path = copy.store();
  options.high_water_path = mark == Mark::kKept ? copy.mark() : "";
  // What the damaged copy answers is not the store's history.
  History history = rig.history;
  const uint64_t seed = rig.random();
  Ending ending = RunChild(history, {.log = rig.log()}, [&](const Teller& teller) {
    const auto database = OpenAndCompare(teller, history, options);
    if (database == nullptr) return;
    AskAgain(teller, history, *database, seed);
    const absl::StatusOr<Contents> contents = ReadAll(*database);
    if (!contents.ok()) return teller.Refused(contents.status());
    const Findings again = Compare(history, *contents);
    Findings twice;
    twice.Count(Wrong::kDuplicate, again.count(Wrong::kDuplicate));
    if (again.count(Wrong::kDuplicate) > 0) {
      twice.Show(Wrong::kDuplicate, again.ExampleOf({Wrong::kDuplicate}));
    }
    teller.Found(twice);
  });
  ++figures.cycles;
  ending.newly_acked = 0;
  figures.Add(ending);
  if (ending.findings.total() > 0) {
    figures.Violation(Wrong::kAccepted, what + ": accepted in silence, and something is wrong");
    return;
  }
  if (ending.code == kAborted && absl::StrContains(rig.LogTail(), "rocksdb::")) {
    // Where RocksDB is built with its assertions, as Debian's is, it stops at some damage.
    ++figures.figures[what + ": stopped by RocksDB's assertion"];
    return;
  }
  if (ending.code == kAborted && absl::StrContains(rig.LogTail(), "a write to the store failed") &&
      SaysWhatToDo(rig.LogTail())) {
    // Met by a compaction, after which nothing more is written.
    ++figures.figures[what + ": stopped on writing"];
    return;
  }
  if (ending.code != 0 && !ending.too_slow) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat(what, ": ended with ", ending.code, ": ", rig.LogTail()));
    return;
  }
  const bool refused = !ending.refusal.ok();
  if (refused && !SaysWhatToDo(ending.refusal.message())) {
    figures.Violation(Wrong::kRefused,
                      absl::StrCat(what, ": does not say what to do: ", ending.refusal.ToString()));
  }
  if (!refused && must_refuse) figures.Violation(Wrong::kAccepted, what + ": not refused");
  ++figures.figures[absl::StrCat(what, !refused        ? ": same"
                                       : ending.opened ? ": refused on reading"
                                                       : ": refused at open")];
}

}  // namespace eid::crash
