// SPDX-License-Identifier: Apache-2.0
// libFuzzer's side. One program for all targets, so that it is linked once:
//
//   eid_fuzz --target=NAME [libFuzzer's options] CORPUS...
//   eid_fuzz --list                            names, and how long inputs should be
//   eid_fuzz --target=NAME --seeds=FOLDER      writes the target's seeds there
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/fuzz/target.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using eid::fuzz::Target;

const Target* target = nullptr;

const Target* FindTarget(absl::string_view name) {
  for (const Target& each : eid::fuzz::Targets()) {
    if (name == each.name) return &each;
  }
  std::fprintf(stderr, "eid_fuzz: no target %s; --list names them\n", std::string(name).c_str());
  std::exit(2);
}

[[noreturn]] void List() {
  for (const Target& each : eid::fuzz::Targets()) std::printf("%s %zu\n", each.name, each.max_size);
  std::exit(0);
}

[[noreturn]] void WriteSeeds(const std::string& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : target->seeds()) {
    std::ofstream(absl::StrCat(folder, "/seed-", number++), std::ios::binary) << seed;
  }
  std::exit(0);
}

// libFuzzer's own mutations, which know what the code compared its input with.
std::string MutateBytes(std::string bytes, size_t max_size) {
  const size_t size = std::min(bytes.size(), max_size);
  bytes.resize(std::max<size_t>(max_size, 1));
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, bytes.size()));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  std::string seeds;
  for (int i = 1; i < *argc; ++i) {
    absl::string_view argument = (*argv)[i];
    if (argument == "--list") List();
    if (absl::ConsumePrefix(&argument, "--target=")) target = FindTarget(argument);
    if (absl::ConsumePrefix(&argument, "--seeds=")) seeds = std::string(argument);
  }
  if (target == nullptr) {
    std::fprintf(stderr, "eid_fuzz: which? --target=NAME; --list names them\n");
    std::exit(2);
  }
  if (!seeds.empty()) WriteSeeds(seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  target->run(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  if (!target->mutate) return LLVMFuzzerMutate(data, size, max_size);
  eid::fuzz::Dice dice(seed, MutateBytes);
  const std::string mutated =
      target->mutate(absl::string_view(reinterpret_cast<const char*>(data), size), max_size, dice);
  const size_t mutated_size = std::min(mutated.size(), max_size);
  std::copy_n(mutated.data(), mutated_size, data);
  return mutated_size;
}
