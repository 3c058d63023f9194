// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace eid::gateway {

// Waits for the one message of a unary call, for callers that open a call and then send nothing:
// they would hold it for as long as their own deadline allows, which may be for ever. Exactly one
// of two things happens: the message comes (Arrived returns true), or `too_late` is called, once, on
// a gRPC thread. Must not outlive what `too_late` refers to, unless Arrived was called.
class MessageTimer {
 public:
  MessageTimer(absl::Time until, std::function<void()> too_late);

  // False if it came too late: somebody else ends the call.
  bool Arrived();

 private:
  struct Shared {
    absl::Mutex mu;
    bool over ABSL_GUARDED_BY(mu) = false;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  grpc::Alarm alarm_;
};

}  // namespace eid::gateway
