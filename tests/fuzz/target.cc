// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "google/protobuf/stubs/logging.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

std::string MutateSimply(std::string bytes, size_t max_size, Dice& dice) {
  const size_t at = dice.Below(bytes.size() + 1);
  switch (dice.Below(5)) {
    case 0: bytes.insert(at, 1 + dice.Below(4), static_cast<char>(dice.Number())); break;
    case 1: bytes.erase(at, 1 + dice.Below(8)); break;
    case 2: bytes.insert(at, bytes.substr(dice.Below(bytes.size() + 1), 1 + dice.Below(64))); break;
    case 3: bytes.resize(dice.Below(bytes.size() + 1)); break;
    default:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice.Below(8)));
  }
  if (bytes.size() > max_size) bytes.resize(max_size);
  return bytes;
}

}  // namespace

Dice::Dice(uint32_t seed, MutateBytes mutate_bytes)
    : engine_(seed), mutate_bytes_(std::move(mutate_bytes)) {}

size_t Dice::Below(size_t n) { return n == 0 ? 0 : static_cast<size_t>(engine_() % n); }

std::string Dice::Mutated(std::string bytes, size_t max_size) {
  if (mutate_bytes_) return mutate_bytes_(std::move(bytes), max_size);
  return MutateSimply(std::move(bytes), max_size, *this);
}

const std::vector<Target>& Targets() {
  // It says at length which field was no UTF-8: an input like any other here.
  google::protobuf::SetLogHandler(nullptr);
  static const auto* const targets = new std::vector<Target>{
      IdentityRequests(),
      OrgRegistrationRequests(),
      VerificationRequests(),
      ApprovalRequests(),
      Answers(),
      Rows(),
      Tokens(),
      Keys(),
      Texts(),
      Configs(),
  };
  return *targets;
}

void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace eid::fuzz
