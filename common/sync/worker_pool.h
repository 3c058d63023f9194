// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/sync/mutex.h"

namespace eid {

// A few threads for work that must not hold up the thread that it comes from: hashing passwords,
// reading long lists. The queue is bounded: a flood slows nothing else, and learns at once that it is
// one. Thread-safe.
class WorkerPool {
 public:
  struct Options {
    // Name of the threads, at most 15 bytes.
    std::string name;
    int threads = 1;
    // How many jobs may wait, beside those that run.
    size_t max_queue = 64;
    // Steps back behind all other threads of the machine: for work that is dear.
    bool low_priority = false;
  };
  explicit WorkerPool(Options options);
  // Runs what waits, then ends. Submit() is refused meanwhile. Not to be called from a job.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False if the queue is full: answer RESOURCE_EXHAUSTED with RetryInfo. Else `job` will run, on a
  // thread of the pool. It must not throw.
  [[nodiscard]] bool Submit(std::function<void()> job);

  // How many wait.
  size_t queued() const;

 private:
  // The next job, when there is one; nothing when there will be none.
  std::function<void()> Take();
  void Work();

  const Options options_;
  mutable Mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace eid
