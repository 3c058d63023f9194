// SPDX-License-Identifier: Apache-2.0
// A transaction over a sorted map: fast, and what is left in it after a deletion can be looked at.
// Not a second store: tests of stores use the real one; this is for running the code of tables
// hundreds of thousands of times.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "tests/fuzz/requests.h"

namespace eid::fuzz {

class MemoryTxn final : public kv::Txn {
 public:
  absl::StatusOr<std::optional<std::string>> Get(kv::Space space,
                                                 absl::string_view key) const override {
    const auto found = values_.find({space, std::string(key)});
    if (found == values_.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  absl::Status Scan(kv::Space space, const kv::KeyRange& range,
                    absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit)
      const override {
    for (const auto& [place, value] : values_) {
      const bool in_range = place.first == space &&
                            place.second.compare(0, range.prefix.size(), range.prefix) == 0 &&
                            (range.after.empty() || place.second > range.after);
      if (in_range && !visit(place.second, value)) break;
    }
    return absl::OkStatus();
  }

  void Put(kv::Space space, absl::string_view key, absl::string_view value) override {
    values_[{space, std::string(key)}] = std::string(value);
  }
  void Delete(kv::Space space, absl::string_view key) override {
    values_.erase({space, std::string(key)});
  }
  void Announce(uint32_t, absl::string_view) override {}
  uint64_t revision() const override { return 7; }
  absl::Time time() const override { return kNow; }

  bool empty() const { return values_.empty(); }
  size_t size() const { return values_.size(); }

 private:
  std::map<std::pair<kv::Space, std::string>, std::string> values_;
};

}  // namespace eid::fuzz
