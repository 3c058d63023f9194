// SPDX-License-Identifier: Apache-2.0
// std::mutex with clang's thread annotations. Not absl::Mutex: Debian's Abseil is not instrumented,
// so ThreadSanitizer would see no order between threads that it orders, and report races that are
// none. Code whose tests carry [threads] locks with this.
//
//   MutexLock lock(mutex_);
//   while (queue_.empty()) lock.Wait(not_empty_);
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"

namespace eid {

class ABSL_LOCKABLE Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds the mutex while it lives.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() ABSL_UNLOCK_FUNCTION() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Lets go of the mutex until it is notified, or for no reason: look again.
  void Wait(std::condition_variable& condition) { condition.wait(lock_); }
  // The same until `time` at most; then false. Of the steady clock: setting the time disturbs nothing.
  bool WaitUntil(std::condition_variable& condition, std::chrono::steady_clock::time_point time) {
    if (time == std::chrono::steady_clock::time_point::max()) {
      condition.wait(lock_);
      return true;
    }
    return condition.wait_until(lock_, time) == std::cv_status::no_timeout;
  }
  // The same for so long at most, never longer than an hour; then false.
  bool WaitAtMost(std::condition_variable& condition, absl::Duration duration) {
    const auto most = absl::ToChronoNanoseconds(std::min(duration, absl::Hours(1)));
    return condition.wait_for(lock_, most) == std::cv_status::no_timeout;
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace eid
