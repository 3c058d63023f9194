// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/report.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace eid::crash {
namespace {

int CountOf(const Result& result, Invariant invariant) {
  return static_cast<int>(std::count_if(
      result.violations.begin(), result.violations.end(),
      [&](const Journal::Violation& violation) { return violation.invariant == invariant; }));
}

int64_t Milliseconds(absl::Duration duration) { return absl::ToInt64Milliseconds(duration); }

// "median 210, p99 400, most 410 ms".
std::string Spread(std::vector<absl::Duration> times) {
  if (times.empty()) return "none";
  std::sort(times.begin(), times.end());
  return absl::StrFormat(
      "%d: median %d, p99 %d, most %d ms", times.size(), Milliseconds(times[times.size() / 2]),
      Milliseconds(times[(times.size() * 99) / 100]), Milliseconds(times.back()));
}

void PrintViolations(const Result& result, size_t most) {
  for (size_t i = 0; i < std::min(most, result.violations.size()); ++i) {
    std::printf("    %s: %s\n", std::string(NameOf(result.violations[i].invariant)).c_str(),
                result.violations[i].what.c_str());
  }
}

void PrintRow(const Result& result, absl::string_view found) {
  absl::PrintF("| %s | %d | %d | %d | %d | %d | %d | %d | %s |\n", result.scenario, result.count,
               result.tally.kills, result.registrations, result.calls.acked, result.calls.resolved,
               CountOf(result, Invariant::kReadable), CountOf(result, Invariant::kOnce), found);
}

// Which defects of the scenario were run, and which of them it found.
std::string FoundBy(const std::vector<Result>& results, const std::string& scenario) {
  std::vector<std::string> found;
  for (const Result& result : results) {
    if (result.scenario != scenario || result.part == Part::kClean) continue;
    if (result.part == Part::kMutant) {
      found.push_back(absl::StrCat(result.good() ? "" : "SURVIVED: ", result.mutant));
    } else if (!result.good()) {
      found.push_back(absl::StrCat("found without it: ", result.mutant));
    }
  }
  return found.empty() ? "-" : absl::StrJoin(found, ", ");
}

std::string TitleOf(const Result& result) {
  switch (result.part) {
    case Part::kClean: return result.scenario;
    case Part::kMutant: return absl::StrCat(result.scenario, " / ", result.mutant);
    case Part::kControl: return absl::StrCat(result.scenario, " / without ", result.mutant);
  }
  return "";
}

}  // namespace

bool Result::good() const {
  if (part != Part::kMutant) return violations.empty();
  for (const Journal::Violation& violation : violations) {
    if (violation.invariant == Invariant::kHarness) return false;
    if (std::count(breaks.begin(), breaks.end(), violation.invariant) > 0 &&
        absl::StrContains(violation.what, says)) {
      return true;
    }
  }
  return false;
}

void PrintResult(const Result& result) {
  absl::PrintF(
      "%s %s: %.1f s, %d kills, %d registrations, %d accounts; %d calls acknowledged, "
      "%d attempts unknown, %d calls resolved, %d repeated\n",
      result.good() ? "passed" : "FAILED", TitleOf(result), absl::ToDoubleSeconds(result.took),
      result.tally.kills, result.registrations, result.accounts, result.calls.acked,
      result.calls.unknown, result.calls.resolved, result.calls.repeated);
  if (!result.good() && result.part == Part::kMutant) {
    std::printf("    the defect was not found\n");
  }
  if (!result.good() && result.part == Part::kControl) {
    std::printf("    something is wrong without the defect: that it was found means nothing\n");
  }
  PrintViolations(result, result.part == Part::kMutant && result.good() ? 1 : 20);
  if (result.tally.early > 0) {
    std::printf("    %d times a program came to its point before it listened\n",
                result.tally.early);
  }
  for (const std::string& note : result.tally.notes) std::printf("    %s\n", note.c_str());
  for (const auto& [program, times] : result.tally.stops) {
    std::printf("    %s stopped %s\n", program.c_str(), Spread(times).c_str());
  }
  std::fflush(stdout);
}

bool PrintSummary(const std::vector<Result>& results) {
  std::vector<absl::Duration> starts;
  std::map<std::pair<std::string, std::string>, int> points;
  bool has_points = false;
  bool complete = true;
  std::printf(
      "\n| scenario | count | kills | registrations | acked writes checked | unknown, then "
      "resolved | lost | twice | mutants caught |\n|---|---|---|---|---|---|---|---|---|\n");
  for (const Result& result : results) {
    const auto& tally = result.tally;
    starts.insert(starts.end(), tally.starts.begin(), tally.starts.end());
    if (result.part != Part::kClean) continue;
    for (const auto& [point, hits] : tally.points) points[point] += hits;
    has_points = has_points || result.scenario == "kill_points";
    PrintRow(result, FoundBy(results, result.scenario));
  }
  std::printf("\nprograms started %s\n", Spread(starts).c_str());
  if (!has_points) return true;
  std::printf("ended at points:\n");
  for (const Points& all : AllPoints()) {
    std::vector<std::string> hits;
    for (const std::string& point : all.points) {
      const int count = points[{all.program, point}];
      complete = complete && count > 0;
      hits.push_back(absl::StrCat(point, " ", count));
    }
    std::printf("  %s: %s\n", all.program.c_str(), absl::StrJoin(hits, ", ").c_str());
  }
  if (!complete) std::printf("FAILED: a point was never reached\n");
  return complete;
}

}  // namespace eid::crash
