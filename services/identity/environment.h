// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"
#include "common/clock/clock.h"
#include "common/id/id.h"
#include "common/kv/database.h"
#include "common/outbox/outbox.h"
#include "common/rpc/call.h"
#include "common/sync/worker_pool.h"
#include "services/identity/client_limits.h"
#include "services/identity/ended_sessions.h"
#include "services/identity/secrets.h"
#include "services/identity/signing_keys.h"
#include "services/identity/throttle.h"

namespace eid::identity {

// What the operations work with. All outlive them; all are thread-safe.
struct Environment {
  kv::Database& db;
  const Clock& clock;
  IdSource& ids;
  const Secrets& secrets;
  const outbox::Outbox& outbox;
  const SigningKeys& keys;
  const auth::TokenVerifier& verifier;
  EndedSessions& ended;
  ClientLimits& clients;
  // For passwords: slow, and its queue is short.
  WorkerPool& hashing;
  // For signing tokens once their session is stored.
  WorkerPool& signing;
  const calendar::Calendar& calendar;
  const calendar::LegalPeriods& periods;
  CodeAllowances codes;
};

// RESOURCE_EXHAUSTED OVERLOADED, with RetryInfo.
absl::Status Overloaded();
// DEADLINE_EXCEEDED: the caller no longer waits.
absl::Status TooLate();

// TOO_MANY_ATTEMPTS if this client calls too often.
absl::Status CheckClient(const Environment& environment, const rpc::Call& call);

// Answers with what `work` returns, run on a thread of the hash pool: it may hash, sign and wait for
// the store. Whoever finds the queue full is told at once.
template <class Reply, class Work>
void RunHashing(const Environment& environment, const rpc::Call& call, Reply reply, Work work) {
  const bool taken = environment.hashing.Submit(
      [&environment, deadline = call.deadline, reply, work = std::move(work)]() mutable {
        if (environment.clock.TimeNow() >= deadline) return reply(TooLate());
        reply(work());
      });
  if (!taken) reply(Overloaded());
}

}  // namespace eid::identity
