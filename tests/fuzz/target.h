// SPDX-License-Identifier: Apache-2.0
// What is fuzzed: each target takes any bytes and ends the program when something that must hold
// does not. libFuzzer runs them (fuzz_main.cc), and an ordinary test replays their seeds, what was
// found before, and some thousand mutations (replay_test.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace eid::fuzz {

// Where mutations come from. Repeatable: the same seed gives the same ones.
class Dice {
 public:
  using MutateBytes = std::function<std::string(std::string bytes, size_t max_size)>;
  // `mutate_bytes`: libFuzzer's own, which knows what the code compared its input with. Empty: a
  // simple one.
  explicit Dice(uint32_t seed, MutateBytes mutate_bytes = nullptr);

  // 0 to n - 1; 0 for n = 0.
  size_t Below(size_t n);
  bool OneIn(size_t n) { return Below(n) == 0; }
  template <class Items>
  const auto& Pick(const Items& items) {
    return items[Below(std::size(items))];
  }
  uint64_t Number() { return engine_(); }
  std::string Mutated(std::string bytes, size_t max_size);

 private:
  std::mt19937_64 engine_;
  MutateBytes mutate_bytes_;
};

struct Target {
  const char* name;
  std::function<void(absl::string_view input)> run;
  std::function<std::vector<std::string>()> seeds;
  // Knows how inputs are made. Empty: bytes are mutated as bytes.
  std::function<std::string(absl::string_view input, size_t max_size, Dice& dice)> mutate = nullptr;
  // Longer inputs find nothing that shorter ones do not, and take their time.
  size_t max_size = 4096;
};

// All of them.
const std::vector<Target>& Targets();

// Ends the program, saying what did not hold.
void Require(bool holds, absl::string_view what);

}  // namespace eid::fuzz
