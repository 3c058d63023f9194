// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/closed_loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <utility>
#include <vector>

#include "common/log/log.h"
#include "common/sync/mutex.h"
#include "tools/bench/frame/histogram.h"

namespace eid::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr absl::Duration kMostWarmUp = absl::Milliseconds(500);
constexpr std::chrono::seconds kMostWait(60);

enum class Phase { kWarmUp, kMeasure, kEnd };

// What the slots share.
struct Loop {
  explicit Loop(const StartCall& s) : start(s) {}

  const StartCall& start;
  std::atomic<Phase> phase = Phase::kWarmUp;
  std::atomic<uint64_t> errors = 0;
  Mutex mutex;
  std::condition_variable changed;
  int running ABSL_GUARDED_BY(mutex) = 0;
  std::string first_error ABSL_GUARDED_BY(mutex);
};

// One of the calls under way. What it counts is its own: only one thread at a time is at it.
class Slot {
 public:
  explicit Slot(Loop& loop) : loop_(loop) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // Starts calls until one does not end at once, or it is over.
  void Go() {
    do {
      if (loop_.phase.load() == Phase::kEnd) return End();
      began_ = SteadyClock::now();
      met_.store(false);
      loop_.start([this](const absl::Status& status) {
        Count(status);
        // Whoever comes second, the end of the call or the return of its start, goes on.
        if (met_.exchange(true)) Go();
      });
    } while (met_.exchange(true));
  }

  // Calls that ended well while it was measured; any thread may ask.
  uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  // Once it has ended.
  const Histogram& latencies() const { return latencies_; }

 private:
  void Count(const absl::Status& status) {
    if (!status.ok()) {
      ++loop_.errors;
      const MutexLock lock(loop_.mutex);
      if (loop_.first_error.empty()) loop_.first_error = status.ToString();
      return;
    }
    if (loop_.phase.load() != Phase::kMeasure) return;
    const auto took = SteadyClock::now() - began_;
    latencies_.Add(static_cast<uint64_t>(std::chrono::nanoseconds(took).count()));
    calls_.store(calls() + 1, std::memory_order_relaxed);
  }

  void End() {
    const MutexLock lock(loop_.mutex);
    --loop_.running;
    loop_.changed.notify_all();
  }

  Loop& loop_;
  SteadyClock::time_point began_;
  std::atomic<bool> met_ = false;
  std::atomic<uint64_t> calls_ = 0;
  Histogram latencies_;
};

void Pass(Loop& loop, absl::Duration duration) {
  const auto until = SteadyClock::now() + absl::ToChronoNanoseconds(duration);
  MutexLock lock(loop.mutex);
  while (SteadyClock::now() < until) lock.WaitUntil(loop.changed, until);
}

bool WaitForTheLast(Loop& loop) {
  const auto until = SteadyClock::now() + kMostWait;
  MutexLock lock(loop.mutex);
  while (loop.running > 0 && SteadyClock::now() < until) lock.WaitUntil(loop.changed, until);
  return loop.running == 0;
}

}  // namespace

absl::Duration WarmUpOf(absl::Duration duration) { return std::min(kMostWarmUp, duration / 3); }

Sample RunClosedLoop(const Watched& watched, int in_flight, absl::Duration duration,
                     const StartCall& start) {
  Loop loop(start);
  {
    const MutexLock lock(loop.mutex);
    loop.running = in_flight;
  }
  std::vector<std::unique_ptr<Slot>> slots;
  for (int i = 0; i < in_flight; ++i) slots.push_back(std::make_unique<Slot>(loop));
  for (const auto& slot : slots) slot->Go();

  Pass(loop, WarmUpOf(duration));
  const Meter meter(watched);
  loop.phase = Phase::kMeasure;
  Pass(loop, duration);
  loop.phase = Phase::kEnd;
  uint64_t calls = 0;
  for (const auto& slot : slots) calls += slot->calls();
  Sample sample = meter.Finish(calls);
  if (!WaitForTheLast(loop)) LOG(FATAL) << "there are calls that do not end";

  Histogram all;
  for (const auto& slot : slots) all.Merge(slot->latencies());
  sample.p50_us = all.Percentile(0.50) / 1000;
  sample.p99_us = all.Percentile(0.99) / 1000;
  sample.errors = loop.errors;
  const MutexLock lock(loop.mutex);
  sample.first_error = loop.first_error;
  return sample;
}

}  // namespace eid::bench
