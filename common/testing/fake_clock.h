// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/sync/mutex.h"

namespace eid {

// A clock that stands still until the test moves it. Thread-safe.
class FakeClock : public Clock {
 public:
  // Starts at 2025-03-03 02:00 UTC: a Monday, 09:00 in Hà Nội, a working day.
  FakeClock() : FakeClock(absl::FromUnixSeconds(1740967200)) {}
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time TimeNow() const override {
    MutexLock lock(mutex_);
    return now_;
  }
  void SetTime(absl::Time now) {
    MutexLock lock(mutex_);
    now_ = now;
  }
  void Advance(absl::Duration by) {
    MutexLock lock(mutex_);
    now_ += by;
  }

 private:
  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid
