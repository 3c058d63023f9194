// SPDX-License-Identifier: Apache-2.0
// A process that works on a store and may die of it. It tells the oracle through a pipe what it asks
// of the store and what it is answered, as a client would see it: what was told before it died
// counts, whatever it died of.
//
// The process is forked, not started anew, so it knows the history that its parent has; hence the
// parent must have no threads, and never open a store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/crash/store/history.h"

namespace eid::crash {

// The child's end of the pipe. Any thread.
class Teller {
 public:
  explicit Teller(int pipe) : pipe_(pipe) {}

  void Invoked(uint64_t operation, uint32_t worker, uint64_t ballast) const;
  void Acked(uint64_t operation, uint64_t revision) const;
  void Failed(uint64_t operation) const;

  // The store is open.
  void Opened() const;
  // The store, or a read of it, was refused.
  void Refused(const absl::Status& status) const;
  void Found(const Findings& findings) const;
  // A figure of the scenario's own, for Ending::figures.
  void Figure(absl::string_view name, uint64_t value) const;

 private:
  const int pipe_;
};

// How a child ended.
struct Ending {
  // As a shell says it: the exit code, 128 + n for signal n.
  int code = 0;
  bool too_slow = false;
  bool opened = false;
  absl::Status refusal;
  Findings findings;
  std::map<std::string, uint64_t> figures;
  // Answers; those to operations that had none before.
  uint64_t acked = 0;
  uint64_t newly_acked = 0;
};

// How a child was to end.
inline constexpr int kKilled = 137;
inline constexpr int kAborted = 134;

// When the parent kills it, if ever.
struct Kill {
  // After so many answers and so long.
  uint64_t after_acks = UINT64_MAX;
  absl::Duration and_then;
};

struct ChildOptions {
  // What it says on stderr; replaced.
  std::string log;
  // EID_FAILPOINT.
  std::string fail_point;
  Kill kill;
  absl::Duration patience = absl::Seconds(60);
};

// Runs `work` in a child and waits for its end.
Ending RunChild(History& history, const ChildOptions& options,
                const std::function<void(const Teller&)>& work);

}  // namespace eid::crash
