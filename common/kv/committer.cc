// SPDX-License-Identifier: Apache-2.0
#include "common/kv/committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "common/fault/fault.h"
#include "common/kv/batch_trace.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "rocksdb/write_batch.h"

namespace eid::kv {
namespace {

constexpr size_t kMaxBatchJobs = 512;
// A batch that has grown to this takes no further body: it has to fit in memory several times over.
constexpr size_t kMaxBatchBytes = size_t{8} << 20;
// Batches that may wait for the completion thread before the writer waits for it.
constexpr size_t kMaxFinished = 16;
constexpr absl::Duration kRetryWhenFull = absl::Milliseconds(200);
constexpr absl::Duration kRetryWhenOutOfSpace = absl::Seconds(10);
constexpr absl::Duration kRetryWhenClosing = absl::Seconds(1);

thread_local bool on_store_thread = false;

absl::Status QueueFull() {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                         "Too many changes are waiting."),
                   kRetryWhenFull);
}

absl::Status OutOfSpace() {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                         "The store's volume is full."),
                   kRetryWhenOutOfSpace);
}

absl::Status Closing() {
  return WithRetry(Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_SHUTTING_DOWN,
                         "The store is closing."),
                   kRetryWhenClosing);
}

absl::Status TooLate() {
  return Error(absl::StatusCode::kDeadlineExceeded, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
               "The deadline passed before the change began.");
}

// A mark that lags is better than a store that stops.
void LogIfFailed(const absl::Status& status) {
  if (!status.ok()) LOG(WARNING) << "high-water mark: " << status.message();
}

}  // namespace

Committer::Committer(const Engine& engine, const DatabaseOptions& options, const Clock& clock,
                     StateRow state, FeedStore& feed, HighWaterMark& mark, HeadSet& heads)
    : engine_(engine),
      clock_(clock),
      max_queue_(options.max_queue),
      feed_keep_entries_(options.feed_keep_entries),
      mark_interval_(absl::ToChronoNanoseconds(options.high_water_interval)),
      feed_(feed),
      mark_(mark),
      txn_(engine, heads),
      state_(std::move(state)),
      sweeper_(options.request_id_ttl),
      durable_revision_(state_.revision()),
      writer_([this] { RunWriter(); }),
      completion_([this] { RunCompletion(); }) {}

void Committer::Stop() {
  if (!writer_.joinable()) return;
  {
    const MutexLock lock(queue_mutex_);
    stopping_ = true;
    queue_filled_.notify_one();
  }
  writer_.join();
  {
    const MutexLock lock(finished_mutex_);
    writer_ended_ = true;
    finished_filled_.notify_one();
  }
  completion_.join();
}

bool Committer::OnStoreThread() { return on_store_thread; }

void Committer::Submit(Database::Body body, Database::Done done, absl::Time deadline) {
  Job job = {std::move(body), std::move(done), deadline, absl::OkStatus()};
  absl::Status status = Enqueue(job);
  if (!status.ok()) job.done(std::move(status));
}

absl::Status Committer::Enqueue(Job& job) {
  const MutexLock lock(queue_mutex_);
  if (stopping_ || queue_.size() >= max_queue_) {
    ++refused_;
    return stopping_ ? Closing() : QueueFull();
  }
  ++jobs_;
  queue_.push_back(std::move(job));
  // Beyond the first, the writer is on its way already.
  if (queue_.size() == 1) queue_filled_.notify_one();
  return absl::OkStatus();
}

Statistics Committer::statistics() const {
  Statistics statistics = {.batches = batches_, .syncs = syncs_, .expired = expired_};
  statistics.out_of_space = !engine_.HasSpace();
  const MutexLock lock(queue_mutex_);
  statistics.jobs = jobs_;
  statistics.refused = refused_;
  statistics.queue_depth = queue_.size();
  return statistics;
}

void Committer::RunWriter() {
  on_store_thread = true;
  std::deque<Job> taken;
  while (TakeJobs(taken)) {
    while (!taken.empty()) HandOver(RunBatch(taken));
  }
}

bool Committer::TakeJobs(std::deque<Job>& taken) {
  MutexLock lock(queue_mutex_);
  while (queue_.empty() && !stopping_) lock.Wait(queue_filled_);
  if (queue_.size() <= kMaxBatchJobs) {
    taken.swap(queue_);
    return !taken.empty();
  }
  const auto end = queue_.begin() + kMaxBatchJobs;
  taken.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return true;
}

Committer::Finished Committer::RunBatch(std::deque<Job>& taken) {
  ++batches_;
  txn_.StartBatch(state_.revision(), clock_.TimeNow());
  std::vector<Job> jobs;
  jobs.reserve(taken.size());
  uint64_t announced = 0;
  while (!taken.empty() && txn_.batch()->GetDataSize() < kMaxBatchBytes) {
    if (!jobs.empty()) fault::Point("mid_batch");
    jobs.push_back(std::move(taken.front()));
    taken.pop_front();
    announced += RunBody(jobs.back());
  }
  const uint64_t before = state_.revision();
  if (fault::Mutant("reply_before_write")) {
    for (Job& job : jobs) job.status.ok() ? job.done(job.revision) : job.done(job.status);
    jobs.clear();
    // As before a slow disk: the answers are out by then.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (!txn_.batch_is_empty()) Commit(announced, jobs);
  return {.jobs = std::move(jobs),
          .revision = state_.revision(),
          .announced = announced > 0 && state_.revision() > before};
}

uint64_t Committer::RunBody(Job& job) {
  if (job.deadline < txn_.time()) {
    ++expired_;
    job.status = TooLate();
    return 0;
  }
  txn_.Begin();
  const uint64_t revision = txn_.revision();
  job.status = job.body(txn_);
  const bool wrote = job.status.ok() && txn_.wrote();
  job.revision = wrote ? revision : revision - 1;
  const uint64_t announced = wrote ? txn_.announced() : 0;
  txn_.End(job.status.ok());
  return announced;
}

void Committer::Commit(uint64_t announced, std::vector<Job>& jobs) {
  if (!engine_.HasSpace()) return RefuseAll(jobs);
  if (std::exchange(refusing_, false)) LogEvent(Severity::kInfo, "store.volume_has_space");
  StateRow next = state_;
  next.set_revision(txn_.revision() - 1);
  next.set_feed_entries(next.feed_entries() + announced);
  absl::Status upkeep = TrimFeed(txn_, feed_keep_entries_, announced, next);
  upkeep.Update(sweeper_.Sweep(txn_, jobs.size()));
  if (!upkeep.ok()) LOG(ERROR) << "clearing the store: " << upkeep.message();
  LeaveTrace(txn_, next);
  txn_.Put(Space::kMeta, kStateKey, next.SerializeAsString());

  if (fault::Mutant("mark_before_write")) LogIfFailed(mark_.Note(next.revision()));
  fault::Point("before_write");
  rocksdb::WriteOptions durable;
  durable.sync = !fault::Mutant("sync_off");
  const rocksdb::Status written = engine_.db()->Write(durable, txn_.batch());
  // Part of it may be in the log. Only the next start can tell what is there.
  if (!written.ok() && !fault::Mutant("go_on_after_failed_write"))
    LOG(FATAL) << "a write to the store failed: " << written.ToString();
  fault::Point("after_write");
  ++syncs_;
  state_ = std::move(next);
  durable_revision_ = state_.revision();
}

// Also those whose body failed or wrote nothing: they may have read what now never was.
void Committer::RefuseAll(std::vector<Job>& jobs) {
  if (!std::exchange(refusing_, true)) LogEvent(Severity::kError, "store.volume_full");
  for (Job& job : jobs) {
    if (job.deadline >= txn_.time()) job.status = OutOfSpace();
  }
  sweeper_.StartOver();
}

void Committer::HandOver(Finished finished) {
  MutexLock lock(finished_mutex_);
  while (finished_.size() >= kMaxFinished) lock.Wait(finished_drained_);
  finished_.push_back(std::move(finished));
  finished_filled_.notify_one();
}

bool Committer::TakeFinished(Finished& finished, std::chrono::steady_clock::time_point next_mark) {
  MutexLock lock(finished_mutex_);
  while (finished_.empty() && !writer_ended_) {
    if (!lock.WaitUntil(finished_filled_, next_mark)) break;
  }
  if (finished_.empty()) return !writer_ended_;
  finished = std::move(finished_.front());
  finished_.pop_front();
  finished_drained_.notify_one();
  return true;
}

void Committer::RunCompletion() {
  using SteadyClock = std::chrono::steady_clock;
  on_store_thread = true;
  const auto never = SteadyClock::time_point::max();
  auto last_mark = SteadyClock::now();
  uint64_t noted = durable_revision_;
  uint64_t marked = noted;
  Finished finished;
  const auto due = [&] { return noted > marked ? last_mark + mark_interval_ : never; };
  const auto sync_if_due = [&] {
    if (SteadyClock::now() < due()) return;
    LogIfFailed(mark_.Sync());
    last_mark = SteadyClock::now();
    marked = noted;
  };
  while (TakeFinished(finished, due())) {
    if (finished.revision > noted && mark_.enabled()) {
      noted = finished.revision;
      if (auto place = engine_.NewManifestPlace()) mark_.SetManifest(*std::move(place));
      LogIfFailed(mark_.Note(noted));
    }
    if (mark_interval_ == mark_interval_.zero()) sync_if_due();
    fault::Point("before_reply");
    for (Job& job : finished.jobs) {
      // What it holds must not outlive the answer. Not ended on the writer, which has more to do.
      job.body = nullptr;
      if (job.status.ok()) {
        job.done(job.revision);
      } else {
        job.done(std::move(job.status));
      }
    }
    finished.jobs.clear();
    if (std::exchange(finished.announced, false)) feed_.Notify(finished.revision);
    sync_if_due();
  }
}

}  // namespace eid::kv
