// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"

namespace eid {

// Tells the time. Whatever stores a time or decides by it takes a `const Clock&`; tests pass a
// FakeClock (common/testing/fake_clock.h). Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time TimeNow() const = 0;

  // The machine's clock. It may step backwards when the machine's time is set.
  static const Clock& Real();
};

}  // namespace eid
