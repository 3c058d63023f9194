// SPDX-License-Identifier: Apache-2.0
#include "services/identity/upkeep.h"

#include <vector>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/identity/lifecycle.h"
#include "services/identity/store.h"

namespace eid::identity {
namespace {

// Rows of one transaction, and transactions of one look: a flood is worked off without stopping
// anything else.
constexpr size_t kRowsAtOnce = 200;
constexpr int kRounds = 20;
// How long a session's row outlives it, so that whoever comes too late is told the same as before.
constexpr absl::Duration kSessionKept = absl::Minutes(10);

// Runs `change` on the rows at the start of the index that are due. `change` makes a row leave that
// part of the index.
template <class Row, class IsDue, class Change>
absl::Status Sweep(kv::Database& db, const kv::Table<Row>& table, uint32_t index, IsDue is_due,
                   Change change) {
  const auto due_in = [&](const kv::Reader& reader) -> absl::StatusOr<std::vector<Row>> {
    std::vector<Row> rows;
    RETURN_IF_ERROR(table.Scan(reader, {.index = index}, [&](Row row, absl::string_view) {
      if (rows.size() >= kRowsAtOnce || !is_due(row)) return false;
      rows.push_back(std::move(row));
      return true;
    }));
    return rows;
  };
  for (int round = 0; round < kRounds; ++round) {
    ASSIGN_OR_RETURN(const std::vector<Row> due, due_in(*db.Read()));
    if (due.empty()) break;
    RETURN_IF_ERROR(db.TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                        ASSIGN_OR_RETURN(std::vector<Row> rows, due_in(txn));
                        for (Row& row : rows) RETURN_IF_ERROR(change(txn, row));
                        return absl::OkStatus();
                      }).status());
    if (due.size() < kRowsAtOnce) break;
  }
  return absl::OkStatus();
}

absl::Status ExpireWindows(kv::Database& db, absl::Time now) {
  RETURN_IF_ERROR(Sweep(
      db, AccountTable(), kAccountByWindow,
      [&](const AccountRow& row) {
        return StateAt(row.account(), now) == v1::Account::STATE_ACTIVATION_EXPIRED;
      },
      [](kv::Txn& txn, AccountRow& row) {
        row.mutable_account()->set_state(v1::Account::STATE_ACTIVATION_EXPIRED);
        return PutAccount(txn, row);
      }));
  return Sweep(
      db, OrganizationTable(), kOrganizationByWindow,
      [&](const OrganizationRow& row) {
        return StateAt(row.organization(), now) == v1::Organization::STATE_ACTIVATION_EXPIRED;
      },
      [](kv::Txn& txn, OrganizationRow& row) {
        row.mutable_organization()->set_state(v1::Organization::STATE_ACTIVATION_EXPIRED);
        return PutOrganization(txn, row);
      });
}

absl::Status ClearAway(kv::Database& db, absl::Time now) {
  RETURN_IF_ERROR(Sweep(
      db, ChallengeTable(), kChallengeByExpiry,
      [&](const ChallengeRow& row) { return FromTimestamp(row.expire_time()) <= now; },
      [](kv::Txn& txn, const ChallengeRow& row) {
        return ChallengeTable().Delete(txn, kv::KeyOf(row.challenge_id()));
      }));
  RETURN_IF_ERROR(Sweep(
      db, SessionTable(), kSessionByExpiry,
      [&](const SessionRow& row) { return FromTimestamp(row.expire_time()) + kSessionKept <= now; },
      [](kv::Txn& txn, const SessionRow& row) {
        return SessionTable().Delete(txn, kv::KeyOf(row.session_id()));
      }));
  return Sweep(
      db, ThrottleTable(), kThrottleByForgetTime,
      [&](const ThrottleRow& row) { return FromTimestamp(row.forget_time()) <= now; },
      [](kv::Txn& txn, const ThrottleRow& row) {
        return ThrottleTable().Delete(txn, kv::KeyOf(row.subject()));
      });
}

}  // namespace

Upkeep::~Upkeep() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status Upkeep::RunOnce() {
  const absl::Time now = clock_.TimeNow();
  absl::Status keys = keys_.Tick();
  verifier_.SetKeys(keys_.PublicKeys());
  absl::Status windows = ExpireWindows(db_, now);
  absl::Status rows = ClearAway(db_, now);
  // One that fails does not keep the others from their work.
  keys.Update(windows);
  keys.Update(rows);
  return keys;
}

void Upkeep::Start(absl::Duration pause) {
  thread_ = std::thread([this, pause] { Work(pause); });
}

void Upkeep::Work(absl::Duration pause) {
  while (true) {
    {
      MutexLock lock(mu_);
      if (!stopping_) lock.WaitAtMost(stopped_, pause);
      if (stopping_) return;
    }
    if (const absl::Status done = RunOnce(); !done.ok()) {
      LogEvent(Severity::kError, "upkeep.failed", {{"error", done.message()}});
    }
  }
}

}  // namespace eid::identity
