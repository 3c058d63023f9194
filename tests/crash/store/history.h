// SPDX-License-Identifier: Apache-2.0
// The oracle: what clients asked of a store and what they were told, and what therefore must be in it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "tests/crash/store/findings.h"

namespace eid::crash {

// What a client knows of its operation. Unknown: it asked, and nobody answered.
enum class Outcome : uint8_t { kUnknown, kAcked, kFailed };

struct Operation {
  uint32_t worker = 0;
  // Bytes that it brings along, up to.
  uint64_t ballast = 0;
  Outcome outcome = Outcome::kUnknown;
  // Of the answer, if acknowledged.
  uint64_t revision = 0;
};

// Kept by the process that starts the others and never touches a store itself.
class History {
 public:
  void Invoked(uint64_t operation, uint32_t worker, uint64_t ballast) {
    operations_[operation] = {.worker = worker, .ballast = ballast};
  }
  // What is acknowledged once stays so, with the first answer: a repetition that is told something
  // else will be found out.
  // True the first time.
  bool Acked(uint64_t operation, uint64_t revision);
  void Failed(uint64_t operation);

  const std::map<uint64_t, Operation>& operations() const { return operations_; }
  std::vector<uint64_t> With(Outcome outcome) const;

 private:
  std::map<uint64_t, Operation> operations_;
};

// All that a store holds.
struct Contents {
  struct Trace {
    uint32_t worker = 0;
    // Which halves are there, by the row and by the index.
    uint32_t rows = 0;
    uint32_t index = 0;
    // Of the bytes that each half has: how many, and whether they are those of the operation.
    uint64_t ballast[2] = {0, 0};
    bool altered = false;
  };
  // By operation and revision.
  std::map<std::pair<uint64_t, uint64_t>, Trace> effects;
  std::multiset<std::pair<uint64_t, uint64_t>> announced;
  std::map<uint32_t, uint64_t> counts;
  uint64_t revision = 0;
};

// Reads everything, each row by itself and through its index. Errors as Reader's.
absl::StatusOr<Contents> ReadAll(kv::Database& database);

// What is wrong with a store that holds this.
Findings Compare(const History& history, const Contents& contents);

}  // namespace eid::crash
