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
  std::string line = absl::StrFormat(
      "%-13s %d cycles, %d acknowledged (looked for %d times), %d lost, %d half, %d duplicates, "
      "%d other, %d violations, %.1f s",
      name, figures.cycles, figures.acked, figures.findings.checked, figures.findings.lost,
      figures.findings.half, figures.findings.duplicates, figures.findings.other,
      figures.violations, seconds);
  for (const auto& [what, count] : figures.figures) absl::StrAppend(&line, "; ", what, " ", count);
  for (const auto& examples : {figures.findings.examples, figures.examples}) {
    for (const std::string& example : examples) absl::StrAppend(&line, "\n    ", example);
  }
  return line;
}

std::string Json(const char* name, uint64_t seed, bool full, const Figures& figures,
                 double seconds) {
  std::string line = absl::StrFormat(
      R"({"scenario":%s,"seed":%d,"long":%s,"cycles":%d,"acknowledged":%d,"checked":%d,"lost":%d,)"
      R"("half":%d,"duplicates":%d,"other":%d,"violations":%d,"seconds":%.1f,"skipped":%s)",
      Quoted(name), seed, full ? "true" : "false", figures.cycles, figures.acked,
      figures.findings.checked, figures.findings.lost, figures.findings.half,
      figures.findings.duplicates, figures.findings.other, figures.violations, seconds,
      Quoted(figures.skipped));
  absl::StrAppend(&line, ",\"figures\":{");
  const char* comma = "";
  for (const auto& [what, count] : figures.figures) {
    absl::StrAppend(&line, comma, Quoted(what), ":", count);
    comma = ",";
  }
  return absl::StrCat(line, "}}\n");
}

// The whole run, in a folder that goes with it.
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
    fs::remove_all(folder_, ignored);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  bool RunScenario(const Scenario& scenario) {
    const auto begin = SteadyClock::now();
    const Figures figures =
        scenario.run({.seed = wishes_.seed, .full = wishes_.full, .folder = folder_});
    const double seconds = SecondsSince(begin);
    std::cout << Told(scenario.name, figures, seconds) << std::endl;
    json_ << Json(scenario.name, wishes_.seed, wishes_.full, figures, seconds) << std::flush;
    return figures.wrong() == 0;
  }

  // In a process of its own, since a mutant is for a whole process.
  bool Catches(const Scenario& scenario, const char* mutant) {
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
    std::cout << absl::StrFormat("%-13s mutant %s: %s, %.1f s: %s\n", scenario.name, mutant, result,
                                 seconds, how)
              << std::flush;
    json_ << absl::StrFormat(R"({"mutant":%s,"scenario":%s,"result":%s,"how":%s,"seconds":%.1f})",
                             Quoted(mutant), Quoted(scenario.name), Quoted(result), Quoted(how),
                             seconds)
          << std::endl;
    return status == 0 || absl::string_view(result) == "not run";
  }

 private:
  static constexpr int kSurvived = 1;
  static constexpr int kSkipped = 2;

  [[noreturn]] void BeMutant(const Scenario& scenario, const char* mutant, int pipe) {
    setenv("EID_MUTANT", mutant, 1);
    const Figures figures =
        scenario.run({.seed = wishes_.seed, .folder = folder_, .stop_at_first = true});
    std::string how = figures.skipped;
    for (const auto& examples : {figures.findings.examples, figures.examples}) {
      if (how.empty() && !examples.empty()) how = examples[0];
    }
    (void)!write(pipe, how.data(), std::min<size_t>(how.size(), 300));
    _exit(!figures.skipped.empty() ? kSkipped : figures.wrong() > 0 ? 0 : kSurvived);
  }

  const Wishes& wishes_;
  std::string folder_;
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
    for (const char* mutant : scenario->mutants) {
      if (wishes.mutants) well = runner.Catches(*scenario, mutant) && well;
    }
  }
  if (!well) std::cout << "FAILED; again with --seed " << wishes.seed << std::endl;
  return well ? 0 : 1;
}

}  // namespace eid::crash
