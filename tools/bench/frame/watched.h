// SPDX-License-Identifier: Apache-2.0
// What processes use: CPU time, memory.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tools/bench/frame/contender.h"

namespace eid::bench {

// The processes whose CPU time and memory count.
struct Watched {
  // 0: this process.
  std::vector<pid_t> pids = {};
  // Reads how many fsyncs there have been so far; nothing if that cannot be told now. May take its
  // time: it is asked outside of what is measured. Empty: they are not counted.
  std::function<std::optional<uint64_t>()> fsyncs = nullptr;
};

// CPU time of a process so far, user and system; zero if it is gone. 0: this process.
std::chrono::nanoseconds CpuTimeOf(pid_t pid);
// Resident memory; 0 if it is gone. 0: this process.
double RssMibOf(pid_t pid);
// Time that all processors together have been busy since the machine started.
std::chrono::nanoseconds BusyTimeOfMachine();
// The processes that `pid` has started and that still run.
std::vector<pid_t> ChildrenOf(pid_t pid);

// Measures what is watched from its construction until Finish.
class Meter {
 public:
  explicit Meter(const Watched& watched);
  // Fills in everything but latencies and errors. Where this process is watched, what generates the
  // load counts with it.
  Sample Finish(uint64_t calls) const;

 private:
  struct Reading {
    std::chrono::steady_clock::time_point time;
    std::chrono::nanoseconds cpu;
    std::chrono::nanoseconds own;
    std::chrono::nanoseconds machine;
  };
  Reading Read() const;
  std::optional<uint64_t> ReadFsyncs() const;

  const Watched& watched_;
  // Before the clocks at the begin and after them at the end: the asking is not measured.
  const std::optional<uint64_t> fsyncs_;
  const Reading begin_;
};

}  // namespace eid::bench
