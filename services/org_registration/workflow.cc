// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/workflow.h"

#include <algorithm>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/enum_text.h"
#include "common/status/macros.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/store.h"

namespace eid::org_registration {
namespace {

// The thread looks up at least so often, should the machine's time have been set.
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
  subscription_ = kv::Subscription();
  MutexLock lock(mu_);
  while (!in_flight_.empty()) lock.Wait(changed_);
}

void Workflow::Start() {
  subscription_ = db_.feed().Subscribe([this](uint64_t) {
    MutexLock lock(mu_);
    Wake();
  });
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
    if (now < paused_until_) return 0;
  }
  std::vector<RegistrationRow> due;
  {
    const std::unique_ptr<kv::Reader> reader = db_.Read();
    GatherReturned(*reader);
    due = TakeDue(*reader, now);
  }
  for (RegistrationRow& row : due) {
    const Step step = NextStep(row, now);
    Begin(std::move(row), step);
  }
  return due.size();
}

void Workflow::GatherReturned(const kv::Reader& reader) {
  absl::flat_hash_set<int> back;
  {
    MutexLock lock(mu_);
    std::swap(back, back_);
  }
  for (const int peer : back) {
    std::vector<std::string> waiting;
    const kv::RowRange range{.index = kByAwayPeer, .prefix = kv::KeyOf(static_cast<Peer>(peer))};
    const absl::Status scanned =
        Registrations().ScanKeys(reader, range, [&](absl::string_view key, absl::string_view) {
          waiting.emplace_back(key);
          return true;
        });
    if (!scanned.ok()) LOG(ERROR) << "workflow: " << scanned.message();
    MutexLock lock(mu_);
    nudged_.insert(waiting.begin(), waiting.end());
  }
}

std::vector<RegistrationRow> Workflow::TakeDue(const kv::Reader& reader, absl::Time now) {
  // Nobody else adds to what is under way, so a copy is safe; the store is read without the lock,
  // which the completion thread needs.
  absl::flat_hash_set<std::string> busy;
  std::vector<std::string> nudged;
  {
    MutexLock lock(mu_);
    busy = in_flight_;
    for (auto it = nudged_.begin(); it != nudged_.end();) {
      if (busy.size() + nudged.size() >= options_.max_in_flight) break;
      // What is under way keeps its nudge: its answer may be older than the news.
      const auto current = it++;
      if (!busy.contains(*current)) nudged.push_back(std::move(nudged_.extract(current).value()));
    }
  }
  std::vector<RegistrationRow> taken;
  const auto take = [&](RegistrationRow row) {
    if (NextStep(row, now) == Step::kNone || !busy.insert(KeyOfRow(row)).second) return;
    taken.push_back(std::move(row));
  };
  for (const std::string& key : nudged) {
    absl::StatusOr<RegistrationRow> row = Registrations().Get(reader, key);
    if (row.ok()) take(*std::move(row));
  }
  const absl::StatusOr<absl::Time> next_due = Registrations().ScanDue(
      reader, due_, now, [&](absl::string_view key) -> absl::StatusOr<bool> {
        if (busy.size() >= options_.max_in_flight) return false;
        // Under way: no need to load it.
        if (busy.contains(key)) return true;
        ASSIGN_OR_RETURN(RegistrationRow row, Registrations().Get(reader, key));
        take(std::move(row));
        return true;
      });
  if (!next_due.ok()) LOG(ERROR) << "workflow: " << next_due.status().message();
  MutexLock lock(mu_);
  for (const RegistrationRow& row : taken) in_flight_.insert(KeyOfRow(row));
  next_due_ = next_due.value_or(absl::InfiniteFuture());
  return taken;
}

template <class Answer, class Apply>
Peers::Done<Answer> Workflow::Into(RegistrationRow row, Step step, Apply apply) {
  const Seen seen = std::make_shared<const RegistrationRow>(std::move(row));
  return [this, seen, step, apply](absl::StatusOr<Answer> answer) {
    fault::Point(PointOf(step));
    NotePeer(PeerOf(step), answer.status());
    Commit(seen,
           [answer = std::move(answer), apply](const Moment& moment, RegistrationRow& now) mutable {
             return apply(std::move(answer), moment, now);
           });
  };
}

void Workflow::Begin(RegistrationRow row, Step step) {
  constexpr auto kApply = [](auto&& answer, const Moment& moment, RegistrationRow& now) {
    return Apply(std::move(answer), moment, now);
  };
  switch (step) {
    case Step::kNone: return Finish(KeyOfRow(row), absl::OkStatus());
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
        if (row.revision() != seen->revision()) return absl::OkStatus();  // another was first
        const bool visible = change({txn.time(), options_.periods}, row);
        if (!visible) return Keep(txn, row);
        RETURN_IF_ERROR(Publish(txn, row));
        v1::Registration& registration = *row.mutable_registration();
        *outcome = {true, registration.state(), std::move(*registration.mutable_last_problem())};
        return absl::OkStatus();
      },
      [this, seen, outcome](absl::StatusOr<uint64_t> revision) {
        if (revision.ok() && outcome->visible) LogOutcome(*seen, *outcome);
        Finish(KeyOfRow(*seen), revision.status());
      });
}

void Workflow::Finish(const std::string& key, const absl::Status& committed) {
  if (!committed.ok()) LOG(WARNING) << "workflow: not written: " << committed.message();
  MutexLock lock(mu_);
  if (!committed.ok()) paused_until_ = clock_.TimeNow() + kStorePause;
  in_flight_.erase(key);
  Wake();
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
