// SPDX-License-Identifier: Apache-2.0
// What time alone does to cases: a claim whose lease is over opens the case again, and a clock that
// comes to its warning or its end is told of, in the feed and in the log. Nothing is ever decided.
#pragma once

#include <condition_variable>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/kv/index_head.h"
#include "common/sync/mutex.h"
#include "services/approval/storage.pb.h"

namespace eid::approval {

// What the time has brought the case to. Pure. `changed`: the case itself, not only what is told.
struct Elapsed {
  bool changed = false;
  bool warned = false;
  bool overdue = false;
};
Elapsed LetTimePass(CaseRow& row, absl::Time now);

// One thread, woken by the nearest timer and by changes of cases. Thread-safe.
class Timers {
 public:
  // Both outlive this.
  Timers(kv::Database& database, const Clock& clock);
  // Stops the thread.
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  void Start();
  // Looks at once: for tests that move a FakeClock.
  void Wake();

  // What the thread does: handles what is due, and says when the next timer is. Not on a gRPC
  // thread.
  absl::StatusOr<absl::Time> Sweep();

 private:
  void Work();

  kv::Database& database_;
  const Clock& clock_;
  kv::IndexHead head_;
  Mutex mu_;
  std::condition_variable woken_;
  bool look_ ABSL_GUARDED_BY(mu_) = true;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  kv::Subscription subscription_;
  std::thread thread_;
};

}  // namespace eid::approval
