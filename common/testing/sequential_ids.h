// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/id/id.h"

namespace eid {

// "id-1", "id-2", … Thread-safe.
class SequentialIds : public IdSource {
 public:
  explicit SequentialIds(std::string prefix = "id-") : prefix_(std::move(prefix)) {}
  std::string NewId() override { return absl::StrCat(prefix_, ++last_); }

 private:
  const std::string prefix_;
  std::atomic<uint64_t> last_ = 0;
};

}  // namespace eid
