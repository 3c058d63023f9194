// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/message_timer.h"

#include <utility>

namespace eid::gateway {

MessageTimer::MessageTimer(absl::Time until, std::function<void()> too_late) {
  // The alarm's callback may come after this is gone, then with nothing left to do.
  alarm_.Set(absl::ToChronoTime(until),
             [shared = shared_, too_late = std::move(too_late)](bool rang) {
               if (!rang) return;
               {
                 absl::MutexLock lock(&shared->mu);
                 if (std::exchange(shared->over, true)) return;
               }
               too_late();
             });
}

bool MessageTimer::Arrived() {
  {
    absl::MutexLock lock(&shared_->mu);
    if (std::exchange(shared_->over, true)) return false;
  }
  alarm_.Cancel();
  return true;
}

}  // namespace eid::gateway
