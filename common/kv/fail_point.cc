// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/kv/database.h"
#include "common/log/log.h"

namespace eid::kv {

std::function<void(absl::string_view point)> FailPointFromEnvironment() {
  const char* const setting = std::getenv("EID_FAILPOINT");
  if (setting == nullptr || *setting == '\0') return nullptr;
  const std::vector<std::string> parts = absl::StrSplit(setting, ':');
  uint64_t hits = 0;
  CHECK(parts.size() == 2 && absl::SimpleAtoi(parts[1], &hits) && hits > 0)
      << "EID_FAILPOINT is name:n, n from 1, not " << setting;
  auto left = std::make_shared<std::atomic<uint64_t>>(hits);
  return [name = parts[0], left = std::move(left)](absl::string_view point) {
    constexpr int kAsIfKilled = 137;
    if (point == name && left->fetch_sub(1) == 1) _exit(kAsIfKilled);
  };
}

}  // namespace eid::kv
