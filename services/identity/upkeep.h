// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/sync/mutex.h"
#include "services/identity/signing_keys.h"

namespace eid::identity {

// One thread that looks, again and again, at what time has brought about: windows that are over, keys
// to be made or forgotten, rows to be cleared away. Looking costs a few reads; it writes only when
// something is due.
class Upkeep {
 public:
  // All outlive this.
  Upkeep(kv::Database& db, const Clock& clock, SigningKeys& keys, auth::TokenVerifier& verifier)
      : db_(db), clock_(clock), keys_(keys), verifier_(verifier) {}
  // Stops.
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // Looks once, now. Waits for the store.
  absl::Status RunOnce();
  // Starts the thread. Once.
  void Start(absl::Duration pause);

 private:
  void Work(absl::Duration pause);

  kv::Database& db_;
  const Clock& clock_;
  SigningKeys& keys_;
  auth::TokenVerifier& verifier_;
  Mutex mu_;
  std::condition_variable stopped_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace eid::identity
