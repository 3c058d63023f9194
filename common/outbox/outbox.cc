// SPDX-License-Identifier: Apache-2.0
#include "common/outbox/outbox.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/clock/timestamp.h"
#include "common/fault/fault.h"
#include "common/kv/feed.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/outbox/message_table.h"
#include "common/status/macros.h"
#include "common/sync/mutex.h"

namespace eid::outbox {
namespace {

// After a transaction of ours was refused (the writer's queue is full, the disk is): so long the
// message is left alone.
constexpr absl::Duration kAfterRefusal = absl::Seconds(1);
// What a condition variable is asked to wait at most: it counts in nanoseconds.
constexpr absl::Duration kLongestWait = absl::Hours(24);

}  // namespace

// Lives as long as a Done does, but does not touch the database after Stop.
class Outbox::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(kv::Database& database, const Clock& clock, Options options, Sender sender)
      : database_(database),
        clock_(clock),
        options_(std::move(options)),
        sender_(std::move(sender)),
        messages_(MessageTable(options_.table_number)) {}

  absl::Status Enqueue(kv::Txn& txn, Message message);
  void Start();
  void Stop();
  void Wake();
  Statistics statistics() const;
  absl::StatusOr<std::vector<ParkedMessage>> ListParked(size_t limit) const;

  // What became of a message under way.
  void Answered(const std::string& message_id, const absl::Status& answer);

 private:
  struct Due {
    std::vector<MessageRow> rows;
    // When the first of the others is due.
    absl::Time next = absl::InfiniteFuture();
  };

  void Work();
  // Waits until there is something to look for; false when stopping.
  bool AwaitWork();
  absl::StatusOr<Due> Look(absl::Time now, kv::IndexHead& head);
  void Begin(const MessageRow& row, absl::Time now);
  // Writes down what an attempt came to, then lets go of the message.
  void Record(const std::string& message_id, absl::Status answer, Outcome outcome);
  absl::Status RecordIn(kv::Txn& txn, const std::string& message_id, const absl::Status& answer,
                        Outcome outcome, int32_t& attempts) const;
  void Recorded(const std::string& message_id, const absl::Status& answer, Outcome outcome,
                int32_t attempts, const absl::Status& written);
  void OnCommit(uint64_t revision);
  bool HasRoom() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return busy_.size() < options_.max_in_flight;
  }

  kv::Database& database_;
  const Clock& clock_;
  const Options options_;
  const Sender sender_;
  const kv::Table<MessageRow> messages_;

  // Tells apart the messages of one transaction.
  std::atomic<uint64_t> ordinal_{0};
  // The latest transaction that enqueued something, and the one up to which the store was looked at.
  std::atomic<uint64_t> enqueued_{0};
  std::atomic<uint64_t> looked_{0};

  mutable Mutex mu_;
  // Something of what follows changed.
  std::condition_variable changed_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  // There may be something to send.
  bool look_ ABSL_GUARDED_BY(mu_) = true;
  // Or there will be then.
  absl::Time next_due_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  // Under way.
  absl::flat_hash_set<std::string> busy_ ABSL_GUARDED_BY(mu_);
  // Left alone until then.
  absl::flat_hash_map<std::string, absl::Time> resting_ ABSL_GUARDED_BY(mu_);
  // Transactions of ours under way.
  int recording_ ABSL_GUARDED_BY(mu_) = 0;
  Statistics statistics_ ABSL_GUARDED_BY(mu_);

  kv::Subscription subscription_;
  std::thread thread_;
};

namespace {

// What all copies of one Done share.
template <class Core>
class Answer {
 public:
  Answer(std::shared_ptr<Core> core, std::string message_id)
      : core_(std::move(core)), message_id_(std::move(message_id)) {}
  ~Answer() { Give(absl::UnavailableError("the sender gave no answer")); }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  void Give(const absl::Status& answer) {
    if (!given_.exchange(true)) core_->Answered(message_id_, answer);
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::string message_id_;
  std::atomic<bool> given_{false};
};

}  // namespace

absl::Status Outbox::Core::Enqueue(kv::Txn& txn, Message message) {
  CHECK(!message.message_id.empty()) << "a message needs an id";
  MessageRow row;
  row.set_message_id(std::move(message.message_id));
  row.set_payload(std::move(message.payload));
  row.set_state(MessageRow::STATE_WAITING);
  *row.mutable_due_time() = ToTimestamp(txn.time());
  *row.mutable_enqueue_time() = row.due_time();
  if (message.expire_time != absl::InfiniteFuture())
    *row.mutable_expire_time() = ToTimestamp(message.expire_time);
  row.set_revision(txn.revision());
  row.set_ordinal(++ordinal_);
  RETURN_IF_ERROR(messages_.Insert(txn, row));
  txn.Announce(options_.feed_topic, row.message_id());
  // One writer: nobody else stores here.
  enqueued_.store(txn.revision());
  return absl::OkStatus();
}

void Outbox::Core::Start() {
  auto count = [this](absl::string_view, absl::string_view) {
    MutexLock lock(mu_);
    ++statistics_.parked;
    return true;
  };
  const absl::Status counted = messages_.ScanKeys(*database_.Read(), {.index = kByParked}, count);
  if (!counted.ok()) LOG(ERROR) << "outbox: cannot count what is parked: " << counted.message();
  subscription_ = database_.feed().Subscribe([this](uint64_t revision) { OnCommit(revision); });
  thread_ = std::thread([this] { Work(); });
}

void Outbox::Core::Stop() {
  subscription_ = kv::Subscription();
  {
    MutexLock lock(mu_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mu_);
  while (recording_ > 0) lock.Wait(changed_);
}

void Outbox::Core::Wake() {
  MutexLock lock(mu_);
  look_ = true;
  changed_.notify_all();
}

void Outbox::Core::OnCommit(uint64_t) {
  if (enqueued_.load() > looked_.load()) Wake();
}

Statistics Outbox::Core::statistics() const {
  MutexLock lock(mu_);
  Statistics statistics = statistics_;
  statistics.in_flight = busy_.size();
  return statistics;
}

absl::StatusOr<std::vector<ParkedMessage>> Outbox::Core::ListParked(size_t limit) const {
  std::vector<ParkedMessage> parked;
  RETURN_IF_ERROR(messages_.Scan(
      *database_.Read(), {.index = kByParked}, [&](MessageRow row, absl::string_view) {
        if (parked.size() >= limit) return false;
        parked.push_back({.message_id = row.message_id(),
                          .enqueue_time = FromTimestamp(row.enqueue_time()),
                          .problem = row.last_problem()});
        return true;
      }));
  return parked;
}

bool Outbox::Core::AwaitWork() {
  MutexLock lock(mu_);
  while (!stopping_) {
    const absl::Duration patience = next_due_ - clock_.TimeNow();
    if (HasRoom() && (look_ || patience <= absl::ZeroDuration())) {
      look_ = false;
      return true;
    }
    // Without room, only an answer helps.
    if (HasRoom() && patience != absl::InfiniteDuration()) {
      lock.WaitAtMost(changed_, std::min(patience, kLongestWait));
    } else {
      lock.Wait(changed_);
    }
  }
  return false;
}

void Outbox::Core::Work() {
  kv::IndexHead head(database_, options_.table_number, kByDueTime);
  while (AwaitWork()) {
    const absl::Time now = clock_.TimeNow();
    absl::StatusOr<Due> due = Look(now, head);
    if (!due.ok()) {
      LOG(ERROR) << "outbox: cannot read what is due: " << due.status().message();
      due = Due{.rows = {}, .next = now + kAfterRefusal};
    }
    {
      MutexLock lock(mu_);
      next_due_ = due->next;
      for (const MessageRow& row : due->rows) busy_.insert(row.message_id());
    }
    for (const MessageRow& row : due->rows) Begin(row, now);
  }
}

absl::StatusOr<Outbox::Core::Due> Outbox::Core::Look(absl::Time now, kv::IndexHead& head) {
  Due due;
  // Keys of rows.
  absl::flat_hash_set<std::string> skip;
  size_t room = 0;
  {
    MutexLock lock(mu_);
    for (const std::string& id : busy_) skip.insert(kv::KeyOf(id));
    room = options_.max_in_flight - std::min(options_.max_in_flight, busy_.size());
    absl::erase_if(resting_, [&](const auto& entry) { return entry.second <= now; });
    for (const auto& [id, until] : resting_) {
      skip.insert(kv::KeyOf(id));
      due.next = std::min(due.next, until);
    }
  }
  // After that: whoever let go of a message before that had written it, and is read here.
  const std::unique_ptr<kv::Reader> reader = database_.Read();
  looked_.store(reader->revision());
  const auto take = [&](absl::string_view key) -> absl::StatusOr<bool> {
    if (due.rows.size() >= room) return false;  // the next answer makes room, and wakes
    if (skip.contains(key)) return true;
    ASSIGN_OR_RETURN(MessageRow row, messages_.Get(*reader, key));
    due.rows.push_back(std::move(row));
    return true;
  };
  ASSIGN_OR_RETURN(const absl::Time next, messages_.ScanDue(*reader, head, now, take));
  due.next = std::min(due.next, next);
  return due;
}

void Outbox::Core::Begin(const MessageRow& row, absl::Time now) {
  if (row.has_expire_time() && FromTimestamp(row.expire_time()) <= now) {
    Record(row.message_id(), absl::OkStatus(), Outcome::kExpired);
    return;
  }
  fault::Point("message_due");
  auto answer = std::make_shared<Answer<Core>>(shared_from_this(), row.message_id());
  sender_(row.payload(), [answer](const absl::Status& status) { answer->Give(status); });
}

void Outbox::Core::Answered(const std::string& message_id, const absl::Status& answer) {
  fault::Point("message_sent");
  // Whoever is away is taken for one that took the message.
  const bool lost = fault::Mutant("away_is_sent") && absl::IsUnavailable(answer);
  Record(message_id, answer, lost ? Outcome::kSent : OutcomeOf(answer));
}

void Outbox::Core::Record(const std::string& message_id, absl::Status answer, Outcome outcome) {
  {
    MutexLock lock(mu_);
    // Too late to be written down: it is sent again after the next start.
    if (stopping_) return;
    ++recording_;
  }
  auto attempts = std::make_shared<int32_t>(0);
  database_.Transact(
      [this, message_id, answer, outcome, attempts](kv::Txn& txn) {
        return RecordIn(txn, message_id, answer, outcome, *attempts);
      },
      [self = shared_from_this(), message_id, answer, outcome,
       attempts](const absl::StatusOr<uint64_t>& written) {
        self->Recorded(message_id, answer, outcome, *attempts, written.status());
      });
}

absl::Status Outbox::Core::RecordIn(kv::Txn& txn, const std::string& message_id,
                                    const absl::Status& answer, Outcome outcome,
                                    int32_t& attempts) const {
  const std::string key = kv::KeyOf(message_id);
  ASSIGN_OR_RETURN(MessageRow row, messages_.Get(txn, key));
  switch (outcome) {
    case Outcome::kSent:
      if (options_.on_sent) RETURN_IF_ERROR(options_.on_sent(txn, message_id));
      return messages_.Delete(txn, key);
    case Outcome::kExpired: return messages_.Delete(txn, key);
    case Outcome::kParked: Park(row, answer); break;
    case Outcome::kRetried: Postpone(row, answer, clock_.TimeNow(), options_); break;
  }
  attempts = row.attempts();
  return messages_.Update(txn, row);
}

void Outbox::Core::Recorded(const std::string& message_id, const absl::Status& answer,
                            Outcome outcome, int32_t attempts, const absl::Status& written) {
  if (!written.ok()) {
    LogEvent(Severity::kWarning, "outbox.not_recorded",
             {{"message_id", message_id}, {"problem", ProblemOf(written)}});
  } else if (outcome == Outcome::kParked) {
    LogEvent(Severity::kError, "outbox.parked",
             {{"message_id", message_id}, {"problem", ProblemOf(answer)}});
  } else if (outcome == Outcome::kExpired) {
    LogEvent(Severity::kWarning, "outbox.expired", {{"message_id", message_id}});
  } else if (outcome == Outcome::kRetried && (attempts & (attempts - 1)) == 0) {
    // The first failure, and then ever more rarely.
    LogEvent(Severity::kWarning, "outbox.retry",
             {{"message_id", message_id}, {"attempts", attempts}, {"problem", ProblemOf(answer)}});
  }
  MutexLock lock(mu_);
  busy_.erase(message_id);
  if (!written.ok()) {
    resting_[message_id] = clock_.TimeNow() + kAfterRefusal;
  } else {
    switch (outcome) {
      case Outcome::kSent: ++statistics_.sent; break;
      case Outcome::kRetried: ++statistics_.retried; break;
      case Outcome::kParked: ++statistics_.parked; break;
      case Outcome::kExpired: ++statistics_.expired; break;
    }
  }
  look_ = true;
  --recording_;
  changed_.notify_all();
}

Outbox::Outbox(kv::Database& database, const Clock& clock, Options options, Sender sender) {
  CHECK(options.table_number != 0 && options.feed_topic != 0 && options.max_in_flight != 0)
      << "the outbox needs a table, a topic and room for a message";
  core_ = std::make_shared<Core>(database, clock, std::move(options), std::move(sender));
}

Outbox::~Outbox() { Stop(); }

absl::Status Outbox::Enqueue(kv::Txn& txn, Message message) const {
  return core_->Enqueue(txn, std::move(message));
}
void Outbox::Start() { core_->Start(); }
void Outbox::Stop() { core_->Stop(); }
void Outbox::Wake() { core_->Wake(); }
Statistics Outbox::statistics() const { return core_->statistics(); }
absl::StatusOr<std::vector<ParkedMessage>> Outbox::ListParked(size_t limit) const {
  return core_->ListParked(limit);
}

}  // namespace eid::outbox
