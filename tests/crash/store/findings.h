// SPDX-License-Identifier: Apache-2.0
// What is wrong with a store, by kind: a deliberate defect counts as found only by a kind that it
// produces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace eid::crash {

enum class Wrong : uint8_t {
  kLost,       // acknowledged, not there
  kHalf,       // there in part: a row, its other half, an index or feed entry
  kDuplicate,  // there twice
  kAltered,    // there with other contents than it was given
  kOther,      // refused but there, never asked for, miscounted, at another revision than was told
  kRefused,    // a complete store was refused, or a damaged one without saying what to do
  kAccepted,   // a store that has to be refused was not
  kEnded,      // a process ended otherwise than it may
  kHarness,    // the run could not do what it has to, or came to no end: no defect is found by it
};
inline constexpr size_t kWrongs = 9;
absl::string_view NameOf(Wrong kind);

class Findings {
 public:
  struct Example {
    Wrong kind;
    std::string what;
  };

  // One more, with words for a person.
  void Add(Wrong kind, std::string what);
  void Add(const Findings& more);
  // The same in two parts, for what comes through a pipe.
  void Count(Wrong kind, uint64_t more) { counts_[static_cast<size_t>(kind)] += more; }
  void Show(Wrong kind, std::string what);

  uint64_t count(Wrong kind) const { return counts_[static_cast<size_t>(kind)]; }
  uint64_t total() const;
  // Whether there is one of these kinds.
  bool Has(const std::vector<Wrong>& kinds) const;
  // Some of each kind.
  const std::vector<Example>& examples() const { return examples_; }
  // The first of these kinds; empty: none.
  std::string ExampleOf(const std::vector<Wrong>& kinds) const;

  // Acknowledged operations that were looked for.
  uint64_t checked = 0;

 private:
  std::array<uint64_t, kWrongs> counts_ = {};
  std::vector<Example> examples_;
};

}  // namespace eid::crash
