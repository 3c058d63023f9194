// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"
#include "common/kv/database.h"
#include "common/outbox/outbox.h"
#include "common/sync/worker_pool.h"
#include "services/identity/accounts.h"
#include "services/identity/carrier.h"
#include "services/identity/challenges.h"
#include "services/identity/client_limits.h"
#include "services/identity/config.pb.h"
#include "services/identity/ended_sessions.h"
#include "services/identity/environment.h"
#include "services/identity/logins.h"
#include "services/identity/officers.h"
#include "services/identity/organizations.h"
#include "services/identity/person_check.h"
#include "services/identity/prover.h"
#include "services/identity/secrets.h"
#include "services/identity/sessions.h"
#include "services/identity/signing_keys.h"
#include "services/identity/upkeep.h"

namespace eid::identity {

// The world outside of identity; all outlive it.
struct Outside {
  const Clock& clock;
  IdSource& ids;
  PersonCheck& persons;
  Carrier& carrier;
};

// The service without its wire: the store, the secrets, the operations and the threads that work
// without being called.
class Identity {
 public:
  // Reads everything that it needs from the files that the configuration names, and makes what is
  // missing of its own state. INVALID_ARGUMENT says what is wrong with the configuration.
  static absl::StatusOr<std::unique_ptr<Identity>> Open(const Config& config, Outside outside);
  // The same on a given store; for tests.
  static absl::StatusOr<std::unique_ptr<Identity>> Open(const Config& config, Outside outside,
                                                        kv::DatabaseOptions options);
  ~Identity();

  // Starts what works without being called: sending messages, upkeep. Once.
  void Start();

  Challenges& challenges() { return challenges_; }
  Logins& logins() { return logins_; }
  Sessions& sessions() { return sessions_; }
  Accounts& accounts() { return accounts_; }
  Organizations& organizations() { return organizations_; }
  Officers& officers() { return officers_; }

  const Environment& environment() const { return environment_; }
  kv::Database& db() { return *parts_.db; }
  Upkeep& upkeep() { return upkeep_; }
  outbox::Outbox& outbox() { return outbox_; }

 private:
  struct Parts {
    std::unique_ptr<kv::Database> db;
    std::unique_ptr<Secrets> secrets;
    std::unique_ptr<calendar::Calendar> calendar;
    std::unique_ptr<calendar::LegalPeriods> periods;
    std::unique_ptr<SigningKeys> keys;
  };
  static absl::StatusOr<Parts> OpenParts(const Config& config, const Clock& clock,
                                         kv::DatabaseOptions options);
  Identity(const Config& config, Outside outside, Parts parts);

  // In this order: what comes later uses what comes before, and ends first.
  const Config config_;
  Parts parts_;
  auth::TokenVerifier verifier_;
  EndedSessions ended_;
  ClientLimits clients_;
  outbox::Outbox outbox_;
  const Environment environment_;
  const Prover prover_;
  Challenges challenges_;
  Logins logins_;
  Sessions sessions_;
  Accounts accounts_;
  Organizations organizations_;
  Officers officers_;
  // What waits in them uses the operations.
  WorkerPool signing_;
  WorkerPool hashing_;
  Upkeep upkeep_;
};

}  // namespace eid::identity
