// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/runner.h"

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
// With a defect: how long a registration may stand still.
constexpr absl::Duration kMutantPatience = absl::Seconds(6);

std::string NewDirectory() {
  std::string name = (fs::temp_directory_path() / "eid-crash-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? "" : name;
}

// One scenario, on a suite that runs.
class Trial {
 public:
  Trial(Arena& arena, const Settings& settings, const Scenario& scenario, const Mutant* mutant)
      : arena_(arena), settings_(settings), scenario_(scenario), mutant_(mutant) {
    result_.scenario = scenario.name;
    if (mutant != nullptr) {
      result_.mutant = mutant->name;
      result_.breaks = mutant->breaks;
    }
    result_.count = settings.count > 0 ? settings.count
                    : settings.is_long ? scenario.long_count
                                       : scenario.short_count;
    if (mutant != nullptr) result_.count = mutant->count;
  }

  absl::StatusOr<Result> Go() {
    const absl::Time begin = absl::Now();
    Nemesis nemesis(arena_, settings_.seed);
    LoadOptions options = scenario_.load;
    options.seed = settings_.seed;
    options.journal_path = absl::StrCat(arena_.directory(), "/calls-", scenario_.name,
                                        mutant_ == nullptr ? "" : "-" + mutant_->name, ".txt");
    if (mutant_ != nullptr) options.patience.total = kMutantPatience;
    ASSIGN_OR_RETURN(const std::unique_ptr<Load> load, Load::Begin(arena_, options));
    if (mutant_ != nullptr) RETURN_IF_ERROR(nemesis.SetMutant(mutant_->program, mutant_->name));
    Run run{arena_, *load, nemesis, result_.count, mutant_, settings_.is_long};
    scenario_.run(run);
    load->Finish();
    if (mutant_ != nullptr) RETURN_IF_ERROR(nemesis.SetMutant(mutant_->program, ""));
    result_.took = absl::Now() - begin;
    result_.calls = load->journal().totals();
    result_.violations = load->journal().violations();
    result_.registrations = load->ledger().stories().size();
    result_.accounts = load->ledger().accounts().size();
    result_.tally = nemesis.tally();
    return std::move(result_);
  }

 private:
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

// False: one was not as it should be, and there is no use in going on.
absl::StatusOr<bool> RunScenarios(const Settings& settings, const std::string& directory,
                                  std::vector<Result>& results) {
  std::vector<std::pair<const Scenario*, const Mutant*>> trials;
  for (const Scenario& scenario : Scenarios()) {
    if (settings.scenario.empty() || settings.scenario == scenario.name) {
      trials.emplace_back(&scenario, nullptr);
    }
  }
  for (const Scenario& scenario : Scenarios()) {
    if (!settings.mutants) break;
    if (!settings.scenario.empty() && settings.scenario != scenario.name) continue;
    for (const Mutant& mutant : scenario.mutants) trials.emplace_back(&scenario, &mutant);
  }
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(const std::unique_ptr<Arena> arena, Arena::Open(directory, kLanes));
  std::printf("the suite runs after %.1f s in %s\n", absl::ToDoubleSeconds(absl::Now() - begin),
              directory.c_str());
  bool good = true;
  for (const auto& [scenario, mutant] : trials) {
    ASSIGN_OR_RETURN(results.emplace_back(), Trial(*arena, settings, *scenario, mutant).Go());
    PrintResult(results.back());
    good = good && results.back().good();
    // What is wrong without a defect stays wrong with one.
    if (!good && mutant == nullptr) return false;
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
