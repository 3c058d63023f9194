// SPDX-License-Identifier: Apache-2.0
#include "services/approval/timers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/timestamp.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/approval/decide.h"
#include "services/approval/statutory_clock.h"
#include "services/approval/store.h"

namespace eid::approval {
namespace {

// Cases handled in one transaction, so that others get their turn.
constexpr size_t kBatch = 64;
// After the store refused.
constexpr absl::Duration kAfterFailure = absl::Seconds(1);

struct Told {
  std::string case_id;
  Elapsed elapsed;
};

void Log(const Told& told) {
  if (told.elapsed.overdue) {
    LogEvent(Severity::kWarning, "case.overdue", {{"case_id", told.case_id}});
  } else if (told.elapsed.warned) {
    LogEvent(Severity::kWarning, "case.nearly_due", {{"case_id", told.case_id}});
  }
  if (told.elapsed.changed)
    LogEvent(Severity::kInfo, "case.lease_over", {{"case_id", told.case_id}});
}

// Handles the cases that were seen to be due by `now`.
absl::Status SweepIn(kv::Txn& txn, absl::Time now, const std::vector<std::string>& due,
                     std::vector<Told>& told) {
  for (const std::string& key : due) {
    ASSIGN_OR_RETURN(CaseRow row, Cases().Get(txn, key));
    if (TimerOf(row) > now) continue;  // changed meanwhile
    const Elapsed elapsed = LetTimePass(row, now);
    told.push_back({row.case_().case_id(), elapsed});
    if (elapsed.changed) {
      RETURN_IF_ERROR(SaveCase(txn, row, now));
    } else {
      txn.Announce(kCaseTopic, row.case_().case_id());
      RETURN_IF_ERROR(Cases().Update(txn, row));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Elapsed LetTimePass(CaseRow& row, absl::Time now) {
  Elapsed elapsed;
  elapsed.changed = LapseClaim(row, now);
  const v1::ClockMark mark = MarkAt(row.case_().clock(), now);
  if (mark != v1::CLOCK_MARK_STOPPED && mark > row.announced_mark()) {
    elapsed.overdue = mark == v1::CLOCK_MARK_OVERDUE;
    elapsed.warned = mark == v1::CLOCK_MARK_WARNING;
    row.set_announced_mark(mark);
  }
  return elapsed;
}

Timers::Timers(kv::Database& database, const Clock& clock)
    : database_(database), clock_(clock), head_(database, kCaseTable, kByTimer) {}

Timers::~Timers() {
  subscription_ = kv::Subscription();
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Timers::Start() {
  subscription_ = database_.feed().Subscribe([this](uint64_t) { Wake(); });
  thread_ = std::thread([this] { Work(); });
}

void Timers::Wake() {
  MutexLock lock(mu_);
  look_ = true;
  woken_.notify_all();
}

absl::StatusOr<absl::Time> Timers::Sweep() {
  const absl::Time now = clock_.TimeNow();
  while (true) {
    // Mostly there is nothing to do: that takes no transaction.
    std::vector<std::string> due;
    const auto take = [&](absl::string_view key) {
      due.emplace_back(key);
      return due.size() < kBatch;
    };
    ASSIGN_OR_RETURN(const absl::Time next, Cases().ScanDue(*database_.Read(), head_, now, take));
    if (due.empty()) return next;
    std::vector<Told> told;
    RETURN_IF_ERROR(database_
                        .TransactAndWait([&](kv::Txn& txn) {
                          told.clear();
                          return SweepIn(txn, now, due, told);
                        })
                        .status());
    for (const Told& one : told) Log(one);
  }
}

void Timers::Work() {
  absl::Time next = absl::InfinitePast();
  while (true) {
    {
      MutexLock lock(mu_);
      const absl::Duration left = next - clock_.TimeNow();
      if (!look_ && !stopping_ && left > absl::ZeroDuration()) lock.WaitAtMost(woken_, left);
      if (stopping_) return;
      if (!look_ && clock_.TimeNow() < next) continue;
      look_ = false;
    }
    absl::StatusOr<absl::Time> swept = Sweep();
    if (!swept.ok()) LOG(ERROR) << "timers: " << swept.status().message();
    next = swept.ok() ? *swept : clock_.TimeNow() + kAfterFailure;
  }
}

}  // namespace eid::approval
