// SPDX-License-Identifier: Apache-2.0
// Somebody's hand, or the device, in the files of a store that nobody has open. What is then opened
// must be what it was, or be refused in words that say what to do.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/crash/store/scenario.h"

namespace eid::crash {

// Kinds of files: "log", "table", "manifest", "current", "options", "identity", "mark", "other".
std::string KindOf(const std::string& file_name);

// How the store's process had ended.
enum class End : uint8_t { kClosed, kKilled };

// Lets clients write to the rig's store, then ends it so. Returns how many of these operations
// were acknowledged.
uint64_t Write(Rig& rig, End end, uint64_t operations_of_each);

// A copy of the rig's store and mark, to be damaged.
class Copy {
 public:
  explicit Copy(const Rig& rig);

  std::string store() const { return folder_ + "/store"; }
  std::string mark() const { return folder_ + "/mark"; }
  // Paths of what is in the store's folder, sorted.
  std::vector<std::string> Files() const;

 private:
  const std::string folder_;
};

// Opens the copy, reads everything, repeats some requests. Counts in the rig's figures what came of it:
// "<what>: same", "refused at open", "refused on reading", "stopped on writing". Anything else is a
// violation, also a store that is the same where `must_refuse`.
enum class Mark : uint8_t { kKept, kNone };
void Examine(Rig& rig, const Copy& copy, const std::string& what, bool must_refuse,
             Mark mark = Mark::kKept);

}  // namespace eid::crash
