// SPDX-License-Identifier: Apache-2.0
// What a child does: opens a store, compares it with the history, asks again for what nobody
// answered, and lets clients write.
#pragma once

#include <cstdint>
#include <memory>

#include "common/kv/database.h"
#include "tests/crash/store/child.h"
#include "tests/crash/store/history.h"

namespace eid::crash {

struct Load {
  uint64_t seed = 1;
  // Operations have the numbers from here on.
  uint64_t first_operation = 1;
  uint32_t workers = 8;
  uint64_t operations_of_each = 0;
  // Bytes that an operation brings along, up to.
  uint64_t ballast = 1000;
};

// Opens the store and compares it with the history, telling what there is to tell. nullptr if it
// was refused, or could not be read.
std::unique_ptr<kv::Database> OpenAndCompare(const Teller& teller, const History& history,
                                             kv::DatabaseOptions options);

// Asks again, with the same request_id, for what nobody answered, and for some of what was: a
// client whose answer was lost does so. Tells the answers.
void AskAgain(const Teller& teller, const History& history, kv::Database& database, uint64_t seed);

// Clients that write, each one operation after another.
void RunLoad(const Teller& teller, kv::Database& database, const Load& load);

// One operation: it has its effects once, however often it is asked for. Some refuse themselves
// after they have written, and must leave nothing. Waits for the answer and tells it. A repetition
// that is refused for want of space or time says nothing about the first.
enum class Asking : uint8_t { kFirst, kAgain };
absl::Status Ask(const Teller& teller, kv::Database& database, uint64_t operation, uint32_t worker,
                 uint64_t ballast, Asking asking);

// All of the above, then a clean end.
void Work(const Teller& teller, const History& history, const kv::DatabaseOptions& options,
          const Load& load);

}  // namespace eid::crash
