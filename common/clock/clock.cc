// SPDX-License-Identifier: Apache-2.0
#include "common/clock/clock.h"

#include "absl/time/clock.h"

namespace eid {
namespace {

class RealClock : public Clock {
 public:
  absl::Time TimeNow() const override { return absl::Now(); }
};

}  // namespace

const Clock& Clock::Real() {
  static const auto* clock = new RealClock;
  return *clock;
}

}  // namespace eid
