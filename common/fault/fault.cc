// SPDX-License-Identifier: Apache-2.0
#include "common/fault/fault.h"

#ifdef EID_FAULTS

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/log/log.h"

namespace eid::fault {
namespace {

// How a shell sees a process that SIGKILL ended.
constexpr int kAsIfKilled = 137;

std::string Environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

struct Fuse {
  Fuse() {
    const std::string setting = Environment("EID_FAILPOINT");
    if (setting.empty()) return;
    const std::vector<std::string> parts = absl::StrSplit(setting, ':');
    uint64_t hits = 0;
    CHECK(parts.size() == 2 && absl::SimpleAtoi(parts[1], &hits) && hits > 0)
        << "EID_FAILPOINT is name:n, n from 1, not " << setting;
    name = parts[0];
    left = hits;
  }

  std::string name;
  std::atomic<uint64_t> left = 0;
};

}  // namespace

void Point(absl::string_view name) {
  static auto& fuse = *new Fuse;
  if (name == fuse.name && fuse.left.fetch_sub(1) == 1) _exit(kAsIfKilled);
}

bool Mutant(absl::string_view name) {
  static const auto& mutant = *new std::string(Environment("EID_MUTANT"));
  return name == mutant;
}

}  // namespace eid::fault

#endif  // EID_FAULTS
