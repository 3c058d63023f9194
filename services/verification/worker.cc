// SPDX-License-Identifier: Apache-2.0
#include "services/verification/worker.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/sync/mutex.h"
#include "services/verification/progress.h"
#include "services/verification/store.h"

namespace eid::verification {
namespace {

// After a commit that was refused: the store is overloaded, or its disk is full.
constexpr absl::Duration kHold = absl::Seconds(1);

std::string BusyKey(const VerificationRow& row, int lookup) {
  return absl::StrCat(row.verification().verification_id(), "/", lookup);
}

bool IsUnavailable(const VerificationRow& row, int lookup) {
  return row.verification().lookups(lookup).outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE;
}

}  // namespace

// What answers and commits need, which may come when the worker is gone.
struct Worker::Shared {
  using Change = absl::AnyInvocable<bool(VerificationRow&)>;

  Shared(kv::Database& database, const Clock& real, RetryOptions options)
      : db(database), clock(real), retry(options) {}

  // Commits a change of one row, then takes the look-up off the list of those under way.
  void Commit(std::string verification_id, std::string registry_id, std::string busy_key,
              std::shared_ptr<Shared> self, Change change) {
    MutexLock lock(mu);
    if (stopped) return;
    db.Transact(
        [verification_id, change = std::move(change)](kv::Txn& txn) mutable -> absl::Status {
          ASSIGN_OR_RETURN(VerificationRow row,
                           Verifications().Get(txn, kv::KeyOf(verification_id)));
          return change(row) ? Save(txn, row) : absl::OkStatus();
        },
        [self, registry_id, verification_id, busy_key](absl::StatusOr<uint64_t> done) {
          if (!done.ok()) {
            LogEvent(Severity::kWarning, "lookup.not_stored",
                     {{"registry", registry_id},
                      {"code", absl::StatusCodeToString(done.status().code())}});
          }
          self->Finished({registry_id, verification_id, busy_key}, done.ok());
        });
  }

  struct Lookup {
    std::string registry_id;
    std::string verification_id;
    std::string busy_key;
  };

  void Finished(Lookup lookup, bool stored) {
    // Transact may refuse on the caller's thread, which holds mu: hence a lock of its own.
    MutexLock lock(wake_mu);
    finished.push_back(std::move(lookup));
    if (!stored) hold_until = clock.TimeNow() + kHold;
    SetWoken();
  }

  void SetWoken() ABSL_EXCLUSIVE_LOCKS_REQUIRED(wake_mu) {
    woken = true;
    wake.notify_all();
  }

  kv::Database& db;
  const Clock& clock;
  const RetryOptions retry;

  // Held while something is handed to the store: after Stop nothing is.
  Mutex mu ABSL_ACQUIRED_BEFORE(wake_mu);
  bool stopped ABSL_GUARDED_BY(mu) = false;

  Mutex wake_mu;
  std::condition_variable wake;
  bool woken ABSL_GUARDED_BY(wake_mu) = false;
  bool ending ABSL_GUARDED_BY(wake_mu) = false;
  absl::Time hold_until ABSL_GUARDED_BY(wake_mu) = absl::InfinitePast();
  std::vector<Lookup> finished ABSL_GUARDED_BY(wake_mu);
};

Worker::Worker(kv::Database& database, const Clock& clock, RetryOptions retry,
               std::vector<Registry*> registries)
    : database_(database),
      clock_(clock),
      begin_(clock.TimeNow()),
      shared_(std::make_shared<Shared>(database, clock, retry)) {
  for (Registry* registry : registries) {
    const auto head = [&](bool asked_before) {
      return std::make_unique<kv::IndexHead>(database, kVerificationTable, kByDue,
                                             kv::KeyOf(registry->id(), asked_before));
    };
    lanes_.push_back({.registry = registry, .fresh = head(false), .asked = head(true)});
    registry->OnRecovery([shared = shared_] {
      MutexLock lock(shared->wake_mu);
      shared->SetWoken();
    });
  }
}

Worker::~Worker() {
  subscription_ = kv::Subscription();
  {
    MutexLock lock(shared_->wake_mu);
    shared_->ending = true;
    shared_->wake.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(shared_->mu);
  shared_->stopped = true;
}

void Worker::Start() {
  subscription_ = database_.feed().Subscribe([shared = shared_](uint64_t) {
    MutexLock lock(shared->wake_mu);
    shared->SetWoken();
  });
  thread_ = std::thread([this] { Run(); });
}

void Worker::Wake() {
  MutexLock lock(shared_->wake_mu);
  shared_->SetWoken();
}

void Worker::Run() {
  while (true) {
    const absl::Time next = Dispatch();
    MutexLock lock(shared_->wake_mu);
    const absl::Duration left = next - clock_.TimeNow();
    if (!shared_->woken && !shared_->ending && left > absl::ZeroDuration()) {
      lock.WaitAtMost(shared_->wake, left);
    }
    if (shared_->ending) return;
  }
}

absl::Time Worker::Dispatch() {
  std::vector<Shared::Lookup> finished;
  const absl::Time now = clock_.TimeNow();
  {
    MutexLock lock(shared_->wake_mu);
    shared_->woken = false;
    finished.swap(shared_->finished);
    if (now < shared_->hold_until) {
      finished.swap(shared_->finished);
      return shared_->hold_until;
    }
  }
  // Only what is committed is taken off the list, and only then the rows are read: no look-up is started twice.
  for (const Shared::Lookup& lookup : finished) {
    for (Lane& lane : lanes_) {
      if (lane.registry->id() != lookup.registry_id) continue;
      lane.busy.erase(lookup.busy_key);
      lane.taken.erase(kv::KeyOf(lookup.verification_id));
    }
  }
  const std::unique_ptr<kv::Reader> reader = database_.Read();
  absl::Time next = absl::InfiniteFuture();
  for (Lane& lane : lanes_) next = std::min(next, DispatchLane(lane, *reader, now));
  return next;
}

absl::Time Worker::RecoveredTime(const Lane& lane) const {
  return std::max(begin_, lane.registry->recovered_time());
}

absl::Time Worker::DispatchLane(Lane& lane, const kv::Reader& reader, absl::Time now) {
  const absl::Time retry_time = lane.registry->retry_time();
  if (retry_time > now) {
    MarkUnavailable(lane, reader, now, retry_time);
    return retry_time;
  }
  // Half of the places are kept for what was never asked: many that wait for their next attempt must not keep new
  // applicants waiting, nor the other way round.
  const auto all = static_cast<size_t>(std::max(1, lane.registry->options().max_in_flight));
  struct Pass {
    bool asked_before;
    size_t limit;
  };
  absl::Time next = absl::InfiniteFuture();
  for (const Pass& pass :
       {Pass{true, std::max<size_t>(1, all / 2)}, Pass{false, all}, Pass{true, all}}) {
    const absl::Time recovered = RecoveredTime(lane);
    Walk walk;
    if (absl::Status walked = WalkLane(lane, reader, now, pass.asked_before, pass.limit, walk);
        !walked.ok()) {
      LogEvent(Severity::kError, "worker.cannot_read",
               {{"code", absl::StatusCodeToString(walked.code())}});
      return now + kHold;
    }
    next = std::min(next, walk.next);
    // Whatever ends the probe under way wakes the worker.
    if (walk.refused) return next;
    if (pass.asked_before && !walk.full) lane.drained = std::max(lane.drained, recovered);
  }
  return next;
}

bool Worker::IsOpenHere(const Lane& lane, const VerificationRow& row, int lookup) {
  return !row.lookups(lookup).answered() &&
         row.verification().lookups(lookup).registry_id() == lane.registry->id();
}

bool Worker::AllUnderWay(const Lane& lane, const VerificationRow& row) {
  for (int i = 0; i < LookupCount(row); ++i) {
    if (IsOpenHere(lane, row, i) && !lane.busy.contains(BusyKey(row, i))) return false;
  }
  return true;
}

absl::Status Worker::WalkLane(Lane& lane, const kv::Reader& reader, absl::Time now,
                              bool asked_before, size_t limit, Walk& walk) {
  const absl::Time recovered = RecoveredTime(lane);
  // After a recovery everything that waited for it is asked, and before one whoever is first serves as the probe:
  // nobody sits out a long wait for a registry that is back.
  const bool draining = recovered > lane.drained;
  const bool probing = !lane.registry->is_closed();
  kv::IndexHead& head = asked_before ? *lane.asked : *lane.fresh;
  const absl::Time until = draining || probing ? absl::InfiniteFuture() : now;
  const auto visit = [&](absl::string_view key) -> absl::StatusOr<bool> {
    if (lane.taken.contains(key)) return true;
    ASSIGN_OR_RETURN(const VerificationRow row, Verifications().Get(reader, key));
    for (int i = 0; i < LookupCount(row); ++i) {
      const LookupRow& lookup = row.lookups(i);
      if (!IsOpenHere(lane, row, i) || IsUnavailable(row, i) != asked_before) continue;
      const absl::Time due = FromTimestamp(lookup.due_time());
      const bool waited =
          probing || (draining && FromTimestamp(lookup.last_attempt_time()) < recovered);
      if (due > now && !waited) {
        walk.next = std::min(walk.next, due);
        continue;
      }
      if (lane.busy.contains(BusyKey(row, i))) continue;
      walk.full = lane.busy.size() >= limit;
      walk.refused = !walk.full && !Ask(lane, row, i);
      if (walk.full || walk.refused) return false;
    }
    if (AllUnderWay(lane, row)) lane.taken.insert(std::string(key));
    return true;
  };
  ASSIGN_OR_RETURN(const absl::Time next, Verifications().ScanDue(reader, head, until, visit));
  walk.next = std::min(walk.next, next);
  return absl::OkStatus();
}

void Worker::MarkUnavailable(Lane& lane, const kv::Reader& reader, absl::Time now,
                             absl::Time retry_time) {
  // Those asked before say UNAVAILABLE already; what is new shall say so too, not look as if nobody cared.
  const auto limit = static_cast<size_t>(std::max(1, lane.registry->options().max_in_flight));
  const auto visit = [&](absl::string_view row_key) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const VerificationRow row, Verifications().Get(reader, row_key));
    for (int i = 0; i < LookupCount(row); ++i) {
      if (!IsOpenHere(lane, row, i) || IsUnavailable(row, i) ||
          FromTimestamp(row.lookups(i).due_time()) > now) {
        continue;
      }
      if (lane.busy.size() >= limit) return false;
      const std::string key = BusyKey(row, i);
      if (!lane.busy.insert(key).second) continue;
      shared_->Commit(
          row.verification().verification_id(), lane.registry->id(), key, shared_,
          [i, retry_time](VerificationRow& changed) { return Postpone(i, retry_time, changed); });
    }
    return true;
  };
  const absl::Status read = Verifications().ScanDue(reader, *lane.fresh, now, visit).status();
  if (!read.ok()) {
    LogEvent(Severity::kError, "worker.cannot_read",
             {{"code", absl::StatusCodeToString(read.code())}});
  }
}

bool Worker::Ask(Lane& lane, const VerificationRow& row, int lookup) {
  const std::string key = BusyKey(row, lookup);
  const std::string registry_id = lane.registry->id();
  const std::string verification_id = row.verification().verification_id();
  lane.busy.insert(key);
  const Question question = QuestionOf(row.dossier(), row.verification().lookups(lookup));
  const bool asked =
      lane.registry->Ask(question, [shared = shared_, verification_id, registry_id, key,
                                    lookup](const absl::StatusOr<Answer>& answer) {
        fault::Point("registry_answered");
        const absl::Time now = shared->clock.TimeNow();
        if (!answer.ok()) {
          LogEvent(Severity::kInfo, "lookup.unavailable",
                   {{"verification_id", verification_id},
                    {"registry", registry_id},
                    {"code", absl::StatusCodeToString(answer.status().code())}});
        }
        shared->Commit(verification_id, registry_id, key, shared,
                       [answer, now, lookup, retry = shared->retry](VerificationRow& changed) {
                         if (answer.ok()) return TakeAnswer(lookup, *answer, now, changed);
                         // The mutant takes a registry that is away for one that knows nothing.
                         if (fault::Mutant("unavailable_is_not_found")) {
                           return TakeAnswer(lookup, Answer{}, now, changed);
                         }
                         return TakeFailure(lookup, now, retry, changed);
                       });
      });
  if (!asked) lane.busy.erase(key);
  return asked;
}

}  // namespace eid::verification
