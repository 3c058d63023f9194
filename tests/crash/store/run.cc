// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/log/json.h"
#include "common/log/log.h"
#include "tests/crash/store/scenario.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

std::string Quoted(absl::string_view text) {
  std::string quoted;
  AppendJsonString(quoted, text);
  return quoted;
}

// One line a person reads.
std::string Told(const char* name, const Figures& figures, double seconds) {
  if (!figures.skipped.empty()) return absl::StrFormat("%-13s not run: %s", name, figures.skipped);
  std::string line = absl::StrFormat("%-13s %d cycles, %d acknowledged (looked for %d times)", name,
                                     figures.cycles, figures.acked, figures.findings.checked);
  for (size_t kind = 0; kind < kWrongs; ++kind) {
    const Wrong wrong = static_cast<Wrong>(kind);
    absl::StrAppend(&line, ", ", figures.findings.count(wrong), " ", NameOf(wrong));
  }
  absl::StrAppendFormat(&line, ", %.1f s", seconds);
  for (const auto& [what, count] : figures.figures) absl::StrAppend(&line, "; ", what, " ", count);
  for (const Findings::Example& example : figures.findings.examples()) {
    absl::StrAppend(&line, "\n    ", NameOf(example.kind), ": ", example.what);
  }
  for (const std::string& folder : figures.kept) {
    absl::StrAppend(&line, "\n    as it was left: ", folder);
  }
  return line;
}

std::string Json(const char* name, uint64_t seed, bool full, const Figures& figures,
                 double seconds) {
  std::string line = absl::StrFormat(
      R"({"scenario":%s,"seed":%d,"long":%s,"cycles":%d,"acknowledged":%d,"checked":%d,)"
      R"("seconds":%.1f,"skipped":%s)",
      Quoted(name), seed, full ? "true" : "false", figures.cycles, figures.acked,
      figures.findings.checked, seconds, Quoted(figures.skipped));
  const char* comma = "";
  absl::StrAppend(&line, ",\"wrong\":{");
  for (size_t kind = 0; kind < kWrongs; ++kind) {
    const Wrong wrong = static_cast<Wrong>(kind);
    absl::StrAppend(&line, comma, Quoted(NameOf(wrong)), ":", figures.findings.count(wrong));
    comma = ",";
  }
  absl::StrAppend(&line, "},\"figures\":{");
  comma = "";
  for (const auto& [what, count] : figures.figures) {
    absl::StrAppend(&line, comma, Quoted(what), ":", count);
    comma = ",";
  }
  return absl::StrCat(line, "}}\n");
}

// The whole run, in a folder that goes with it unless a store is kept there.
class Runner {
 public:
  explicit Runner(const Wishes& wishes) : wishes_(wishes) {
    std::string pattern =
        wishes.folder.empty() ? fs::temp_directory_path().string() : wishes.folder;
    pattern += "/eid_crash_store_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr) << pattern;
    folder_ = pattern;
    if (!wishes.json.empty()) json_.open(wishes.json);
  }
  ~Runner() {
    std::error_code ignored;
    if (!keep_) fs::remove_all(folder_, ignored);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  bool RunScenario(const Scenario& scenario) {
    const auto begin = SteadyClock::now();
    const Figures figures = scenario.run(
        {.seed = wishes_.seed, .full = wishes_.full, .count = wishes_.count, .folder = folder_});
    const double seconds = SecondsSince(begin);
    std::cout << Told(scenario.name, figures, seconds) << std::endl;
    json_ << Json(scenario.name, wishes_.seed, wishes_.full, figures, seconds) << std::flush;
    keep_ = keep_ || !figures.kept.empty();
    // A run that is to find every defect has to be a whole one.
    return figures.wrong() == 0 && (figures.skipped.empty() || !wishes_.mutants);
  }

  // In a process of its own, since a mutant is for a whole process.
  bool Catches(const Scenario& scenario, const Mutant& mutant) {
    const auto begin = SteadyClock::now();
    int pipe[2];
    CHECK(::pipe(pipe) == 0);
    const pid_t child = fork();
    if (child == 0) BeMutant(scenario, mutant, pipe[1]);
    close(pipe[1]);
    std::string how;
    char buffer[1000];
    for (ssize_t size = 0; (size = read(pipe[0], buffer, sizeof(buffer))) > 0;) {
      how.append(buffer, static_cast<size_t>(size));
    }
    close(pipe[0]);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    const char* const result = status == 0                                            ? "caught"
                               : WIFEXITED(status) && WEXITSTATUS(status) == kSkipped ? "not run"
                                                                                      : "SURVIVED";
    const double seconds = SecondsSince(begin);
    std::cout << absl::StrFormat("%-13s mutant %s: %s, %.1f s: %s\n", scenario.name, mutant.name,
                                 result, seconds, how)
              << std::flush;
    json_ << absl::StrFormat(R"({"mutant":%s,"scenario":%s,"result":%s,"how":%s,"seconds":%.1f})",
                             Quoted(mutant.name), Quoted(scenario.name), Quoted(result),
                             Quoted(how), seconds)
          << std::endl;
    return status == 0;
  }

 private:
  static constexpr int kSurvived = 1;
  static constexpr int kSkipped = 2;

  [[noreturn]] void BeMutant(const Scenario& scenario, const Mutant& mutant, int pipe) {
    setenv("EID_MUTANT", mutant.name, 1);
    // Not among the stores that the run keeps.
    const Figures figures = scenario.run(
        {.seed = wishes_.seed, .folder = folder_ + "/mutant", .wanted = mutant.produces});
    const bool caught = Caught(mutant, figures);
    std::string how = figures.skipped;
    if (caught) how = figures.findings.ExampleOf(mutant.produces);
    // What else was wrong, which is not what the defect is.
    if (how.empty() && !figures.findings.examples().empty()) {
      const Findings::Example& other = figures.findings.examples().front();
      how = absl::StrCat("only ", NameOf(other.kind), ": ", other.what);
    }
    (void)!write(pipe, how.data(), std::min<size_t>(how.size(), 300));
    _exit(!figures.skipped.empty() ? kSkipped : caught ? 0 : kSurvived);
  }

  const Wishes& wishes_;
  std::string folder_;
  bool keep_ = false;
  std::ofstream json_;
};

}  // namespace

int List() {
  for (const Scenario& scenario : Scenarios()) std::cout << scenario.name << "\n";
  return 0;
}

int Run(const Wishes& wishes) {
  std::cout << "seed " << wishes.seed << (wishes.full ? ", long" : ", short") << std::endl;
  Runner runner(wishes);
  bool well = true;
  std::vector<const Scenario*> chosen;
  for (const Scenario& scenario : Scenarios()) {
    const auto& names = wishes.scenarios;
    if (names.empty() || std::count(names.begin(), names.end(), scenario.name) > 0) {
      chosen.push_back(&scenario);
    }
  }
  if (chosen.empty()) {
    std::cerr << "no such scenario\n";
    return 2;
  }
  for (const Scenario* scenario : chosen) well = runner.RunScenario(*scenario) && well;
  for (const Scenario* scenario : chosen) {
    for (const Mutant& mutant : scenario->mutants) {
      if (wishes.mutants) well = runner.Catches(*scenario, mutant) && well;
    }
  }
  if (!well) std::cout << "FAILED; again with --seed " << wishes.seed << std::endl;
  return well ? 0 : 1;
}

}  // namespace eid::crash
