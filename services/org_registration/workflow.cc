// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/workflow.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/enum_text.h"
#include "common/status/macros.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/store.h"

namespace eid::org_registration {
namespace {

// The thread looks up at least so often: the machine's time may have been set, and who writes a row
// that is due later than this does not tell (what people leave alone expires after days).
constexpr absl::Duration kLongestSleep = absl::Minutes(1);
// After a commit that the store refused (it is full, or its queue is).
constexpr absl::Duration kStorePause = absl::Seconds(1);

std::string KeyOfRow(const RegistrationRow& row) {
  return kv::KeyOf(row.registration().registration_id());
}

// Where a crash comes between the peer's answer and our commit.
absl::string_view PointOf(Step step) {
  switch (step) {
    case Step::kEnsureVerification: return "verification_ensured";
    case Step::kEnsureCase: return "case_ensured";
    case Step::kEnsureOrganization: return "organization_ensured";
    case Step::kCloseCase: return "case_closed";
    case Step::kNone:
    case Step::kExpire: break;
  }
  return "";
}

// What people see after a commit, as far as the log tells of it.
struct Outcome {
  bool visible = false;
  v1::Registration::State state = v1::Registration::STATE_UNSPECIFIED;
  std::string problem;
  bool overtaken = false;
};

void LogOutcome(const RegistrationRow& before, const Outcome& after) {
  const v1::Registration& registration = before.registration();
  if (after.state != registration.state()) {
    LogEvent(Severity::kInfo, "registration.moved",
             {{"registration_id", registration.registration_id()},
              {"from", ShortName(registration.state())},
              {"to", ShortName(after.state)}});
  } else if (!after.problem.empty()) {
    LogEvent(Severity::kWarning, "registration.problem",
             {{"registration_id", registration.registration_id()},
              {"state", ShortName(after.state)},
              {"problem", after.problem}});
  }
}

// An answer that says nothing new about a row whose next look is still to come: there is nothing to
// write. `row` may lack what went into the request: then it does not await the answer any more, which
// is written.
template <class Answer>
bool IsIdle(const absl::StatusOr<Answer>& answer, const RegistrationRow& row, absl::Time now) {
  if constexpr (std::is_constructible_v<News, Answer>) {
    return answer.ok() && now < FromTimestamp(row.due_time()) && IsAwaited(*answer, row) &&
           !IsNews(*answer, row);
  }
  return false;
}

}  // namespace

Workflow::Workflow(kv::Database& database, const Clock& clock, Peers& peers, Options options)
    : db_(database),
      clock_(clock),
      peers_(peers),
      options_(std::move(options)),
      due_(database, kRegistrationTable, kByDue) {
  away_ = {PEER_VERIFICATION, PEER_APPROVAL, PEER_IDENTITY};
}

Workflow::~Workflow() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    Wake();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mu_);
  while (!in_flight_.empty()) lock.Wait(changed_);
}

void Workflow::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Workflow::Wake() {
  dirty_ = true;
  changed_.notify_all();
}

void Workflow::Run() {
  while (true) {
    {
      MutexLock lock(mu_);
      if (stopping_) return;
      dirty_ = false;
    }
    Look();
    MutexLock lock(mu_);
    if (dirty_ || stopping_) continue;
    const absl::Time wake = std::max(next_due_, paused_until_);
    lock.WaitAtMost(changed_, std::min(wake - clock_.TimeNow(), kLongestSleep));
  }
}

size_t Workflow::Look() {
  const absl::Time now = clock_.TimeNow();
  {
    MutexLock lock(mu_);
    if (now < paused_until_) {
      // What is due, nudged or heard is still there when the pause is over.
      next_due_ = absl::InfinitePast();
      return 0;
    }
  }
  GatherReturned();
  std::vector<Taken> due = TakeDue(now);
  for (Taken& taken : due) {
    if (taken.news.has_value()) {
      BeginWith(std::move(taken.row), *std::move(taken.news));
    } else {
      const Step step = NextStep(taken.row, now);
      Begin(std::move(taken.row), step);
    }
  }
  return due.size();
}

void Workflow::GatherReturned() {
  absl::flat_hash_set<int> back;
  {
    MutexLock lock(mu_);
    std::swap(back, back_);
  }
  for (const int peer : back) {
    std::vector<std::string> waiting;
    const kv::RowRange range{.index = kByAwayPeer, .prefix = kv::KeyOf(static_cast<Peer>(peer))};
    const absl::Status scanned =
        Registrations().ScanKeys(*db_.Read(), range, [&](absl::string_view key, absl::string_view) {
          waiting.emplace_back(key);
          return true;
        });
    if (!scanned.ok()) LOG(ERROR) << "workflow: " << scanned.message();
    MutexLock lock(mu_);
    nudged_.insert(waiting.begin(), waiting.end());
  }
}

// What a look begins with.
struct Workflow::Waiting {
  // Keys of what is under way. Nobody else adds to that, so a copy is safe; the store is read without
  // the lock, which the completion thread needs.
  absl::flat_hash_set<std::string> busy;
  std::vector<std::pair<std::string, News>> heard;
  std::vector<std::string> nudged;
  // More was nudged.
  bool more = false;
};

Workflow::Waiting Workflow::TakeWaiting() {
  Waiting waiting;
  MutexLock lock(mu_);
  waiting.busy = in_flight_;
  // What is under way keeps its nudge and its news: its answer may be older.
  for (auto it = heard_.begin(); it != heard_.end();) {
    const auto current = it++;
    if (waiting.busy.contains(current->first)) continue;
    waiting.heard.emplace_back(current->first, std::move(current->second));
    heard_.erase(current);
  }
  for (auto it = nudged_.begin(); it != nudged_.end();) {
    const auto current = it++;
    if (waiting.busy.contains(*current)) continue;
    waiting.more = waiting.busy.size() + waiting.nudged.size() >= options_.max_in_flight;
    if (waiting.more) break;
    waiting.nudged.push_back(std::move(nudged_.extract(current).value()));
  }
  return waiting;
}

std::vector<Workflow::Taken> Workflow::TakeDue(absl::Time now) {
  Waiting waiting = TakeWaiting();
  absl::flat_hash_set<std::string>& busy = waiting.busy;
  const auto is_full = [&] { return busy.size() >= options_.max_in_flight; };
  // Only now: what is not under way is read as its last step left it.
  const std::unique_ptr<kv::Reader> reader = db_.Read();
  std::vector<Taken> taken;
  size_t heard = 0;
  for (; heard < waiting.heard.size() && !is_full(); ++heard) {
    auto& [key, news] = waiting.heard[heard];
    absl::StatusOr<RegistrationRow> row = Registrations().Get(*reader, key);
    if (!row.ok() || !IsNews(news, *row)) continue;
    busy.insert(key);
    taken.push_back({*std::move(row), std::move(news)});
  }
  const auto take = [&](RegistrationRow row) {
    if (NextStep(row, now) == Step::kNone || !busy.insert(KeyOfRow(row)).second) return;
    taken.push_back({std::move(row), std::nullopt});
  };
  size_t nudged = 0;
  for (; nudged < waiting.nudged.size() && !is_full(); ++nudged) {
    absl::StatusOr<RegistrationRow> row = Registrations().Get(*reader, waiting.nudged[nudged]);
    if (row.ok()) take(*std::move(row));
  }
  const absl::StatusOr<absl::Time> next_due = Registrations().ScanDue(
      *reader, due_, now, [&](absl::string_view key) -> absl::StatusOr<bool> {
        if (is_full()) return false;
        // Under way: no need to load it.
        if (busy.contains(key)) return true;
        ASSIGN_OR_RETURN(RegistrationRow row, Registrations().Get(*reader, key));
        take(std::move(row));
        return true;
      });
  if (!next_due.ok()) LOG(ERROR) << "workflow: " << next_due.status().message();
  MutexLock lock(mu_);
  for (const Taken& one : taken) in_flight_.insert(KeyOfRow(one.row));
  next_due_ = next_due.value_or(absl::InfiniteFuture());
  // For what there is no room now; the end of a step wakes for it.
  for (; heard < waiting.heard.size(); ++heard) {
    KeepNews(std::move(waiting.heard[heard].first), std::move(waiting.heard[heard].second));
  }
  for (; nudged < waiting.nudged.size(); ++nudged) nudged_.insert(waiting.nudged[nudged]);
  if (waiting.more && !is_full()) Wake();
  return taken;
}

template <class Answer, class Apply>
Peers::Done<Answer> Workflow::Into(RegistrationRow row, Step step, Apply apply) {
  const Seen seen = std::make_shared<const RegistrationRow>(std::move(row));
  return [this, seen, step, apply = std::move(apply)](absl::StatusOr<Answer> answer) mutable {
    fault::Point(PointOf(step));
    NotePeer(PeerOf(step), answer.status());
    if (IsIdle(answer, *seen, clock_.TimeNow())) {
      return Finish(KeyOfRow(*seen), absl::OkStatus(), /*overtaken=*/false);
    }
    Commit(seen, [answer = std::move(answer), apply = std::move(apply)](
                     const Moment& moment, RegistrationRow& now) mutable {
      return apply(std::move(answer), moment, now);
    });
  };
}

void Workflow::BeginWith(RegistrationRow row, News news) {
  auto* const found = std::get_if<verification::v1::Verification>(&news);
  if (found != nullptr && found->state() == verification::v1::Verification::STATE_CONCLUDED) {
    return HandOn(std::move(row), std::move(*found));
  }
  Commit(std::make_shared<const RegistrationRow>(std::move(row)),
         [news = std::move(news)](const Moment& moment, RegistrationRow& now) mutable {
           return ApplyNews(std::move(news), moment, now);
         });
}

void Workflow::HandOn(RegistrationRow row, verification::v1::Verification found) {
  if (!Unpack(row).ok()) return Commit(std::make_shared<RegistrationRow>(std::move(row)), Spoilt);
  *row.mutable_registration()->mutable_verification() = found;
  auto request = CaseRequest(row);
  auto apply = [found = std::move(found)](const absl::StatusOr<approval::v1::Case>& answer,
                                          const Moment& moment, RegistrationRow& now) mutable {
    Apply(std::move(found), moment, now);
    Apply(answer, moment, now);
    return true;
  };
  peers_.EnsureCase(std::move(request),
                    Into<approval::v1::Case>(std::move(row), Step::kEnsureCase, std::move(apply)));
}

void Workflow::Begin(RegistrationRow row, Step step) {
  constexpr auto kApply = []<class Answer>(absl::StatusOr<Answer>&& answer, const Moment& moment,
                                           RegistrationRow& now) {
    return Apply(std::move(answer), moment, now);
  };
  const bool asks_with_documents = step == Step::kEnsureVerification || step == Step::kEnsureCase ||
                                   step == Step::kEnsureOrganization;
  if (asks_with_documents && !Unpack(row).ok()) {
    return Commit(std::make_shared<RegistrationRow>(std::move(row)), Spoilt);
  }
  switch (step) {
    case Step::kNone: return Finish(KeyOfRow(row), absl::OkStatus(), /*overtaken=*/false);
    case Step::kExpire:
      return Commit(std::make_shared<const RegistrationRow>(std::move(row)), Expire);
    case Step::kEnsureVerification: {
      auto request = VerificationRequest(row);
      return peers_.EnsureVerification(
          std::move(request), Into<verification::v1::Verification>(std::move(row), step, kApply));
    }
    case Step::kEnsureCase: {
      auto request = CaseRequest(row);
      return peers_.EnsureCase(std::move(request),
                               Into<approval::v1::Case>(std::move(row), step, kApply));
    }
    case Step::kCloseCase: {
      auto request = ClosingRequest(row);
      return peers_.CloseCase(std::move(request),
                              Into<approval::v1::Case>(std::move(row), step, ApplyClosed));
    }
    case Step::kEnsureOrganization: {
      auto request = OrganizationRequest(row);
      return peers_.EnsureOrganization(
          std::move(request), Into<identity::v1::Organization>(std::move(row), step, kApply));
    }
  }
}

void Workflow::NotePeer(Peer peer, const absl::Status& answer) {
  MutexLock lock(mu_);
  if (IsTransient(answer)) {
    if (away_.insert(peer).second) LOG(WARNING) << Peer_Name(peer) << " cannot be reached";
  } else if (away_.erase(peer) > 0) {
    back_.insert(peer);
    Wake();
  }
}

void Workflow::Commit(const Seen& seen, Change change) {
  // Written by the body on a thread of the store, read after it.
  auto outcome = std::make_shared<Outcome>();
  db_.Transact(
      [this, seen, outcome, change = std::move(change)](kv::Txn& txn) -> absl::Status {
        if (options_.before_commit) RETURN_IF_ERROR(options_.before_commit());
        ASSIGN_OR_RETURN(RegistrationRow row, Registrations().Get(txn, KeyOfRow(*seen)));
        outcome->overtaken = row.revision() != seen->revision();
        if (outcome->overtaken) return absl::OkStatus();
        const bool visible = change({txn.time(), options_.periods}, row);
        if (!visible) return Keep(txn, row);
        RETURN_IF_ERROR(Publish(txn, row));
        v1::Registration& registration = *row.mutable_registration();
        outcome->visible = true;
        outcome->state = registration.state();
        outcome->problem = std::move(*registration.mutable_last_problem());
        return absl::OkStatus();
      },
      [this, seen, outcome](absl::StatusOr<uint64_t> revision) {
        if (revision.ok() && outcome->visible) LogOutcome(*seen, *outcome);
        Finish(KeyOfRow(*seen), revision.status(), outcome->overtaken);
      });
}

void Workflow::Finish(const std::string& key, const absl::Status& committed, bool overtaken) {
  if (!committed.ok()) LOG(WARNING) << "workflow: not written: " << committed.message();
  MutexLock lock(mu_);
  if (!committed.ok()) paused_until_ = clock_.TimeNow() + kStorePause;
  // What was to be written is gone, and may not be due: the peer is asked for it again.
  if (!committed.ok() || overtaken) nudged_.insert(key);
  in_flight_.erase(key);
  Wake();
}

void Workflow::Hear(News news) {
  std::string key = kv::KeyOf(RegistrationOf(news));
  MutexLock lock(mu_);
  const auto known = heard_.find(key);
  if (known != heard_.end() && known->second.index() == news.index()) {
    // A peer's later news hold what its earlier ones held.
    known->second = std::move(news);
  } else {
    KeepNews(std::move(key), std::move(news));
  }
  Wake();
}

void Workflow::KeepNews(std::string key, News news) {
  const bool kept =
      heard_.size() < options_.max_in_flight && heard_.try_emplace(key, std::move(news)).second;
  if (!kept) nudged_.insert(std::move(key));
}

void Workflow::Nudge(absl::string_view registration_id) {
  MutexLock lock(mu_);
  nudged_.insert(kv::KeyOf(registration_id));
  Wake();
}

void Workflow::PeerIsBack(Peer peer) {
  MutexLock lock(mu_);
  away_.erase(peer);
  back_.insert(peer);
  Wake();
}

}  // namespace eid::org_registration
