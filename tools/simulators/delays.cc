// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/delays.h"

#include <grpcpp/alarm.h>

#include <cstdint>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"

namespace eid::simulator {

struct Delays::State {
  absl::Mutex mu;
  bool stopped ABSL_GUARDED_BY(mu) = false;
  uint64_t next ABSL_GUARDED_BY(mu) = 0;
  std::map<uint64_t, std::unique_ptr<grpc::Alarm>> alarms ABSL_GUARDED_BY(mu);
};

Delays::Delays() : state_(std::make_shared<State>()) {}

Delays::~Delays() { Stop(); }

void Delays::After(absl::Duration pause, std::function<void(bool)> then) {
  if (pause <= absl::ZeroDuration()) return then(true);
  bool stopped = false;
  {
    absl::MutexLock lock(&state_->mu);
    stopped = state_->stopped;
    if (!stopped) {
      const uint64_t id = state_->next++;
      auto& alarm = state_->alarms[id] = std::make_unique<grpc::Alarm>();
      alarm->Set(absl::ToChronoTime(Clock::Real().TimeNow() + pause),
                 [state = state_, id, then](bool in_time) {
                   then(in_time);
                   absl::MutexLock lock(&state->mu);
                   state->alarms.erase(id);
                 });
    }
  }
  if (stopped) then(false);
}

void Delays::Stop() {
  absl::MutexLock lock(&state_->mu);
  state_->stopped = true;
  for (auto& [id, alarm] : state_->alarms) alarm->Cancel();
}

}  // namespace eid::simulator
