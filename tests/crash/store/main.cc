// SPDX-License-Identifier: Apache-2.0
// The store, broken on purpose. No suite, no network: common/kv alone, in child processes.
#include <iostream>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "common/fault/fault.h"
#include "tests/crash/store/run.h"

namespace {

constexpr char kUsage[] =
    "Usage: eid_crash_store [--short | --long] [--seed N] [--scenario NAME]... [--count N]\n"
    "                       [--mutants] [--json FILE] [--folder DIR] | --list\n";

// False: not understood.
bool Parse(int argc, char** argv, eid::crash::Wishes& wishes) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--short" || name == "--long") {
      wishes.full = name == "--long";
    } else if (name == "--mutants") {
      wishes.mutants = true;
    } else if (++i >= argc) {
      return false;
    } else if (name == "--seed") {
      if (!absl::SimpleAtoi(argv[i], &wishes.seed)) return false;
    } else if (name == "--count") {
      if (!absl::SimpleAtoi(argv[i], &wishes.count) || wishes.count == 0) return false;
    } else if (name == "--scenario") {
      wishes.scenarios.emplace_back(argv[i]);
    } else if (name == "--json") {
      wishes.json = argv[i];
    } else if (name == "--folder") {
      wishes.folder = argv[i];
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--list") return eid::crash::List();
  eid::crash::Wishes wishes = {.seed = std::random_device()()};
  if (!Parse(argc, argv, wishes)) {
    std::cerr << kUsage;
    return 2;
  }
  if (!eid::fault::kEnabled) {
    std::cerr << "eid_crash_store: built without EID_FAULTS, so there is nothing to break\n";
    return 2;
  }
  return eid::crash::Run(wishes);
}
