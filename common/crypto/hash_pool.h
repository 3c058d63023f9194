// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/sync/mutex.h"

namespace eid::crypto {

// A few threads of low priority for work that is dear, as hashing passwords is, with a queue that is
// bounded: a flood of logins slows nothing else, and the flood learns at once that it is one.
// Thread-safe.
class HashPool {
 public:
  // At most `max_queue` jobs wait, beside the `threads` that run.
  HashPool(int threads, size_t max_queue);
  // Runs what waits, then ends. Submit() is refused meanwhile. Not to be called from a job.
  ~HashPool();
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  // False if the queue is full: answer RESOURCE_EXHAUSTED with RetryInfo. Else `job` will run, on a
  // thread of the pool. It must not throw.
  [[nodiscard]] bool Submit(std::function<void()> job);

  // How many wait.
  size_t queued() const;

 private:
  // The next job, when there is one; nothing when there will be none.
  std::function<void()> Take();
  void Work();

  const size_t max_queue_;
  mutable Mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace eid::crypto
