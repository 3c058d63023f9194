// SPDX-License-Identifier: Apache-2.0
// eid_crash_suite: breaks the running suite on purpose, and finds out what it has lost.
#include <cstdio>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "tests/crash/suite/runner.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

constexpr char kUsage[] =
    "Usage: eid_crash_suite [--short|--long] [--mutants] [--scenario NAME] [--count N] [--seed S]\n"
    "                       [--directory DIR] [--keep] [--list]\n";

int Main(int argc, char** argv) {
  Settings settings{.seed = std::random_device()()};
  bool understood = true;
  for (int i = 1; i < argc && understood; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--list") return ListAll();
    const bool has_value = i + 1 < argc;
    if (word == "--short" || word == "--long") {
      settings.is_long = word == "--long";
    } else if (word == "--mutants") {
      settings.mutants = true;
    } else if (word == "--keep") {
      settings.keep = true;
    } else if (word == "--scenario" && has_value) {
      settings.scenario = argv[++i];
    } else if (word == "--directory" && has_value) {
      settings.directory = argv[++i];
    } else if (word == "--count" && has_value) {
      understood = absl::SimpleAtoi(argv[++i], &settings.count) && settings.count > 0;
    } else if (word == "--seed" && has_value) {
      understood = absl::SimpleAtoi(argv[++i], &settings.seed);
    } else {
      understood = false;
    }
  }
  bool known = settings.scenario.empty();
  for (const Scenario& scenario : Scenarios()) known = known || scenario.name == settings.scenario;
  if (understood && known) return RunAll(settings);
  std::fputs(kUsage, stderr);
  return 2;
}

}  // namespace
}  // namespace eid::crash

int main(int argc, char** argv) { return eid::crash::Main(argc, argv); }
