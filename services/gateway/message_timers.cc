// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/message_timers.h"

#include <grpcpp/alarm.h>

#include <iterator>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace eid::gateway {

// Outlives the timers as long as the alarm may still ring.
struct MessageTimers::Shared : std::enable_shared_from_this<Shared> {
  Shared(const Clock& a_clock, absl::Duration a_wait) : clock(a_clock), wait(a_wait) {}

  // For the first of the list.
  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    armed = true;
    alarm = std::make_unique<grpc::Alarm>();
    alarm->Set(absl::ToChronoTime(waiting.front().until), [weak = weak_from_this()](bool rang) {
      const auto shared = weak.lock();
      if (rang && shared != nullptr) shared->OnAlarm();
    });
  }

  void OnAlarm() {
    std::list<Waiting> late;
    {
      absl::MutexLock lock(&mu);
      const absl::Time now = clock.TimeNow();
      while (!waiting.empty() && waiting.front().until <= now) {
        *waiting.front().over = true;
        late.splice(late.end(), waiting, waiting.begin());
      }
      armed = false;
      if (!waiting.empty()) Arm();
    }
    for (Waiting& call : late) call.too_late();
  }

  const Clock& clock;
  const absl::Duration wait;
  absl::Mutex mu;
  // In the order of their times.
  std::list<Waiting> waiting ABSL_GUARDED_BY(mu);
  bool armed ABSL_GUARDED_BY(mu) = false;
  std::unique_ptr<grpc::Alarm> alarm ABSL_GUARDED_BY(mu);
};

MessageTimers::MessageTimers(const Clock& clock, absl::Duration wait)
    : shared_(std::make_shared<Shared>(clock, wait)) {}

MessageTimers::~MessageTimers() = default;

void MessageTimers::Await(Place& place, std::function<void()> too_late) {
  absl::MutexLock lock(&shared_->mu);
  shared_->waiting.push_back(
      {shared_->clock.TimeNow() + shared_->wait, std::move(too_late), &place.over});
  place.at = std::prev(shared_->waiting.end());
  if (!shared_->armed) shared_->Arm();
}

bool MessageTimers::Arrived(Place& place) {
  absl::MutexLock lock(&shared_->mu);
  if (place.over) return false;
  shared_->waiting.erase(place.at);
  return true;
}

}  // namespace eid::gateway
