// SPDX-License-Identifier: Apache-2.0
// The targets without a fuzzer: seeds, what was found before, and some thousand mutations, the same
// ones each time.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/testing/catch.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {
namespace {

constexpr int kMutations = 300;

// What a fuzzer found, kept under the target's name. README.md says how.
std::vector<std::string> Regressions(const Target& target) {
  std::vector<std::string> inputs;
  const std::string folder = std::string(EID_FUZZ_REGRESSIONS) + "/" + target.name;
  if (!std::filesystem::exists(folder)) return inputs;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return inputs;
}

TEST_CASE("every target takes its seeds and what was found before") {
  for (const Target& target : Targets()) {
    INFO(target.name);
    target.run("");
    const std::vector<std::string> seeds = target.seeds();
    CHECK(!seeds.empty());
    for (const std::string& seed : seeds) target.run(seed);
    for (const std::string& input : Regressions(target)) target.run(input);
  }
}

TEST_CASE("every target takes mutations of its seeds") {
  for (const Target& target : Targets()) {
    INFO(target.name);
    Dice dice(1);
    std::vector<std::string> inputs = target.seeds();
    for (int i = 0; i < kMutations; ++i) {
      const std::string& input = dice.Pick(inputs);
      std::string mutated = target.mutate ? target.mutate(input, target.max_size, dice)
                                          : dice.Mutated(input, target.max_size);
      target.run(mutated);
      inputs.push_back(std::move(mutated));
    }
  }
}

}  // namespace
}  // namespace eid::fuzz
