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

namespace eid::crash {

// What a client knows of its operation. Unknown: it asked, and nobody answered.
enum class Outcome : uint8_t { kUnknown, kAcked, kFailed };

struct Operation {
  uint32_t worker = 0;
  Outcome outcome = Outcome::kUnknown;
  // Of the answer, if acknowledged.
  uint64_t revision = 0;
};

// Kept by the process that starts the others and never touches a store itself.
class History {
 public:
  void Invoked(uint64_t operation, uint32_t worker) { operations_[operation] = {worker}; }
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
  };
  // By operation and revision.
  std::map<std::pair<uint64_t, uint64_t>, Trace> effects;
  std::multiset<std::pair<uint64_t, uint64_t>> announced;
  std::map<uint32_t, uint64_t> counts;
  uint64_t revision = 0;
};

// Reads everything, each row by itself and through its index. Errors as Reader's.
absl::StatusOr<Contents> ReadAll(kv::Database& database);

// What is wrong with a store.
struct Findings {
  uint64_t checked = 0;     // acknowledged operations that were looked for
  uint64_t lost = 0;        // acknowledged, not there
  uint64_t half = 0;        // there in part: a row, its other half, an index or feed entry
  uint64_t duplicates = 0;  // there twice
  uint64_t other = 0;       // refused but there, never asked for, miscounted
  std::vector<std::string> examples;

  uint64_t wrong() const { return lost + half + duplicates + other; }
  void Add(uint64_t& kind, std::string what);
  void Add(const Findings& more);
};

Findings Compare(const History& history, const Contents& contents);

}  // namespace eid::crash
