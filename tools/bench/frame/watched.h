// SPDX-License-Identifier: Apache-2.0
// What processes use: CPU time, memory.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "tools/bench/frame/contender.h"

namespace eid::bench {

// The processes whose CPU time and memory count.
struct Watched {
  // 0: this process.
  std::vector<pid_t> pids = {};
  // Reads how many fsyncs there have been so far. Empty: they are not counted.
  std::function<uint64_t()> fsyncs = nullptr;
};

// CPU time of a process so far, user and system; zero if it is gone. 0: this process.
std::chrono::nanoseconds CpuTimeOf(pid_t pid);
// CPU time of this thread so far.
std::chrono::nanoseconds CpuTimeOfThisThread();
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
  // Fills in everything but latencies and errors; `generator` is CPU time that the load generator
  // took inside the watched processes.
  Sample Finish(uint64_t calls, std::chrono::nanoseconds generator = {}) const;

 private:
  struct Reading {
    std::chrono::steady_clock::time_point time;
    std::chrono::nanoseconds cpu;
    std::chrono::nanoseconds own;
    std::chrono::nanoseconds machine;
    uint64_t fsyncs;
  };
  Reading Read() const;

  const Watched& watched_;
  const Reading begin_;
};

}  // namespace eid::bench
