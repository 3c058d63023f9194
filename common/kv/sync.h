// SPDX-License-Identifier: Apache-2.0
// Private to common/kv. std::mutex with clang's thread annotations. Not absl::Mutex: Debian's
// Abseil is not instrumented, so ThreadSanitizer would see no order between threads that it orders.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace eid::kv {

class ABSL_LOCKABLE Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() ABSL_UNLOCK_FUNCTION() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Wait(std::condition_variable& condition) { condition.wait(lock_); }
  // False if `time` has come. Of the steady clock: nobody's setting the time disturbs it.
  bool WaitUntil(std::condition_variable& condition, std::chrono::steady_clock::time_point time) {
    if (time == std::chrono::steady_clock::time_point::max()) {
      condition.wait(lock_);
      return true;
    }
    return condition.wait_until(lock_, time) == std::cv_status::no_timeout;
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace eid::kv
