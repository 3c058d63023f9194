// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/runner.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/fault/fault.h"
#include "common/status/macros.h"
#include "tests/crash/suite/report.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

constexpr int kLanes = 3;
// To find a defect, and in its control: how long a registration may stand still.
constexpr absl::Duration kMutantPatience = absl::Seconds(6);

std::string NewDirectory() {
  std::string name = (fs::temp_directory_path() / "eid-crash-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? "" : name;
}

// One scenario, on a suite that runs.
class Trial {
 public:
  // `mutant`: null for Part::kClean. `count`: of rounds; 0: as settings, scenario or mutant say.
  Trial(Arena& arena, const Settings& settings, const Scenario& scenario, Part part,
        const Mutant* mutant, int count = 0)
      : arena_(arena), settings_(settings), scenario_(scenario), mutant_(mutant) {
    result_.scenario = scenario.name;
    result_.part = part;
    if (mutant != nullptr) {
      result_.mutant = mutant->name;
      result_.breaks = mutant->breaks;
      result_.says = mutant->says;
    }
    result_.count = count > 0            ? count
                    : mutant != nullptr  ? mutant->count
                    : settings.count > 0 ? settings.count
                    : settings.is_long   ? scenario.long_count
                                         : scenario.short_count;
  }

  absl::StatusOr<Result> Go() {
    const absl::Time begin = absl::Now();
    Nemesis nemesis(arena_, settings_.seed);
    LoadOptions options = scenario_.load;
    options.seed = settings_.seed;
    options.journal_path = JournalPath();
    if (mutant_ != nullptr) options.patience.total = kMutantPatience;
    ASSIGN_OR_RETURN(const std::unique_ptr<Load> load, Load::Begin(arena_, options));
    // The control's program is started anew as well.
    if (mutant_ != nullptr) {
      const bool has_it = result_.part == Part::kMutant;
      RETURN_IF_ERROR(nemesis.SetMutant(mutant_->program, has_it ? mutant_->name : ""));
    }
    Run run{arena_, *load, nemesis, result_.count, mutant_, settings_.is_long};
    scenario_.run(run);
    load->Finish();
    result_.rounds = run.rounds;
    result_.took = absl::Now() - begin;
    result_.calls = load->journal().totals();
    result_.violations = load->journal().violations();
    result_.registrations = load->ledger().stories().size();
    result_.accounts = load->ledger().accounts().size();
    result_.tally = nemesis.tally();
    return std::move(result_);
  }

 private:
  std::string JournalPath() const {
    std::string path = absl::StrCat(arena_.directory(), "/calls-", scenario_.name);
    if (result_.part == Part::kMutant) absl::StrAppend(&path, "-", mutant_->name);
    if (result_.part == Part::kControl) absl::StrAppend(&path, "-without-", mutant_->name);
    return path + ".txt";
  }

  Arena& arena_;
  const Settings& settings_;
  const Scenario& scenario_;
  const Mutant* const mutant_;
  Result result_;
};

// Every program stops when it is told to, and no log holds a secret.
bool EndsWell(Arena& arena) {
  bool good = true;
  const std::vector<std::string>& names = suite::ProgramNames();
  // The callers before the called.
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const int code = arena.suite().Stop(*name);
    if (code != 0) std::printf("FAILED: %s ended with %d\n", name->c_str(), code);
    good = good && code == 0;
  }
  for (const std::string& line : arena.FindSecrets()) {
    std::printf("FAILED: a secret in a log: %s\n", line.substr(0, 300).c_str());
    good = false;
  }
  return good;
}

// The defect on a suite of its own, which has nothing left over from another one; then as many rounds
// without it on `sound`, where nothing must be found. False: not found, or also found without it.
absl::StatusOr<bool> FindMutant(Arena& sound, const Settings& settings, const Scenario& scenario,
                                const Mutant& mutant, std::vector<Result>& results) {
  const std::string directory =
      absl::StrCat(sound.directory(), "/", scenario.name, "-", mutant.name);
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Arena> arena, Arena::Open(directory, kLanes));
    ASSIGN_OR_RETURN(results.emplace_back(),
                     Trial(*arena, settings, scenario, Part::kMutant, &mutant).Go());
  }
  const Result found = results.back();
  PrintResult(found);
  if (!found.good()) return false;
  std::error_code ignored;
  if (!settings.keep) fs::remove_all(directory, ignored);
  const int rounds = std::max(found.rounds, 1);
  ASSIGN_OR_RETURN(results.emplace_back(),
                   Trial(sound, settings, scenario, Part::kControl, &mutant, rounds).Go());
  PrintResult(results.back());
  return results.back().good();
}

// False: one was not as it should be.
absl::StatusOr<bool> RunScenarios(const Settings& settings, const std::string& directory,
                                  std::vector<Result>& results) {
  std::vector<const Scenario*> chosen;
  for (const Scenario& scenario : Scenarios()) {
    if (settings.scenario.empty() || settings.scenario == scenario.name) {
      chosen.push_back(&scenario);
    }
  }
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(const std::unique_ptr<Arena> arena, Arena::Open(directory, kLanes));
  std::printf("the suite runs after %.1f s in %s\n", absl::ToDoubleSeconds(absl::Now() - begin),
              directory.c_str());
  for (const Scenario* scenario : chosen) {
    ASSIGN_OR_RETURN(results.emplace_back(),
                     Trial(*arena, settings, *scenario, Part::kClean, nullptr).Go());
    PrintResult(results.back());
    // What is wrong without a defect stays wrong with one: there is no use in going on.
    if (!results.back().good()) return false;
  }
  bool good = true;
  for (const Scenario* scenario : chosen) {
    for (const Mutant& mutant : scenario->mutants) {
      if (!settings.mutants) continue;
      ASSIGN_OR_RETURN(const bool found, FindMutant(*arena, settings, *scenario, mutant, results));
      good = good && found;
      // The control spoilt the suite that the others are to be measured by.
      if (!found && results.back().part == Part::kControl) return false;
    }
  }
  return EndsWell(*arena) && good;
}

}  // namespace

int ListAll() {
  for (const Scenario& scenario : Scenarios()) {
    std::printf("%s\t%s\n", scenario.name.c_str(), scenario.what.c_str());
  }
  return 0;
}

int RunAll(const Settings& settings) {
  const std::string directory = settings.directory.empty() ? NewDirectory() : settings.directory;
  std::printf("seed %llu\n", static_cast<unsigned long long>(settings.seed));
  // The others kill and stop what every build has.
  const bool needs_faults =
      settings.mutants || settings.scenario.empty() || settings.scenario == "kill_points";
  if (!fault::kEnabled && needs_faults) {
    std::printf("this build has no faults; configure it with -DEID_FAULTS=ON\n");
    return 1;
  }
  std::vector<Result> results;
  const absl::StatusOr<bool> good = RunScenarios(settings, directory, results);
  bool passed = PrintSummary(results) && good.ok() && *good;
  if (!good.ok()) std::printf("FAILED: %s\n", good.status().ToString().c_str());
  std::printf("%s; again: --seed %llu\n", passed ? "passed" : "FAILED",
              static_cast<unsigned long long>(settings.seed));
  if (passed && !settings.keep) {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  } else {
    std::printf("logs, stores and calls: %s\n", directory.c_str());
  }
  return passed ? 0 : 1;
}

}  // namespace eid::crash
