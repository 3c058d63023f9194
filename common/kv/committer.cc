// SPDX-License-Identifier: Apache-2.0
#include "common/kv/committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "common/fault/fault.h"
#include "common/kv/batch_trace.h"
#include "common/kv/store_head.h"
#include "common/kv/view.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "common/sync/turn.h"
#include "eid/policy/v1/errors.pb.h"
#include "rocksdb/write_batch.h"

namespace eid::kv {
namespace {

constexpr size_t kMaxBatchJobs = 512;
// A batch that has grown to this takes no further body: it has to fit in memory several times over.
constexpr size_t kMaxBatchBytes = size_t{8} << 20;
constexpr size_t kMaxKeptBytes = size_t{1} << 20;
// Batches that may wait for the completion thread before the writers wait for it.
constexpr size_t kMaxFinished = 16;
// Jobs that are answered in one turn (turn.h).
constexpr ptrdiff_t kMaxAnswersATurn = 64;
// Between two attempts to sync the high-water mark.
constexpr std::chrono::nanoseconds kMarkRetry = std::chrono::seconds(1);
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

// Moves as many as that to `taken`, which is empty.
template <class T>
void TakeFront(std::deque<T>& from, size_t most, std::deque<T>& taken) {
  if (from.size() <= most) return taken.swap(from);
  const auto end = from.begin() + static_cast<ptrdiff_t>(most);
  taken.assign(std::move_iterator(from.begin()), std::move_iterator(end));
  from.erase(from.begin(), end);
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
      completion_([this] { RunCompletion(); }) {
  for (std::thread& writer : writers_) writer = std::thread([this] { RunWriter(); });
}

void Committer::Stop() {
  if (!completion_.joinable()) return;
  {
    const MutexLock lock(queue_mutex_);
    stopping_ = true;
    turn_is_free_.notify_all();
  }
  for (std::thread& writer : writers_) writer.join();
  {
    const MutexLock lock(finished_mutex_);
    writers_ended_ = true;
    finished_filled_.notify_one();
  }
  completion_.join();
}

bool Committer::OnStoreThread() { return on_store_thread; }

void Committer::Submit(Database::Body body, Database::Done done, absl::Time deadline) {
  Job job = {.body = std::move(body), .done = std::move(done), .deadline = deadline};
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
  // Beyond the first, somebody is on their way already.
  if (queue_.size() == 1) (building_ ? may_build_ : turn_is_free_).notify_one();
  return absl::OkStatus();
}

Statistics Committer::statistics() const {
  Statistics statistics = {.batches = batch_count_, .syncs = syncs_, .expired = expired_};
  statistics.out_of_space = !engine_.HasSpace();
  const MutexLock lock(queue_mutex_);
  statistics.jobs = jobs_;
  statistics.refused = refused_;
  statistics.queue_depth = queue_.size();
  return statistics;
}

void Committer::RunWriter() {
  on_store_thread = true;
  while (TakeTurn()) {
    Batch& batch = batches_[next_batch_];
    next_batch_ = 1 - next_batch_;
    Build(batch);
    Close(batch);
    PassTurn();
    Write(batch);
    FreeLog();
  }
}

bool Committer::TakeTurn() {
  MutexLock lock(queue_mutex_);
  while (building_ || (queue_.empty() && !stopping_)) lock.Wait(turn_is_free_);
  building_ = !queue_.empty();
  return building_;
}

void Committer::PassTurn() {
  const MutexLock lock(queue_mutex_);
  building_ = false;
  if (!queue_.empty() || stopping_) turn_is_free_.notify_one();
}

void Committer::FreeLog() {
  const MutexLock lock(queue_mutex_);
  writing_ = false;
  may_build_.notify_one();
}

void Committer::Build(Batch& batch) {
  batch.layer.Clear();
  batch.announced = 0;
  txn_.StartBatch(batch.layer, unwritten_, state_.revision());
  std::deque<Job> taken;
  while (TakeJobs(batch, taken)) RunBodies(batch, taken);
}

bool Committer::TakeJobs(const Batch& batch, std::deque<Job>& taken) {
  const bool is_full = batch.jobs.size() >= kMaxBatchJobs || batch.layer.bytes() >= kMaxBatchBytes;
  MutexLock lock(queue_mutex_);
  // What did not fit, first come, first served.
  queue_.insert(queue_.begin(), std::move_iterator(taken.begin()), std::move_iterator(taken.end()));
  taken.clear();
  while (batch.jobs.empty() || writing_) {
    if (!queue_.empty() && !is_full) {
      TakeFront(queue_, kMaxBatchJobs - batch.jobs.size(), taken);
      return true;
    }
    lock.Wait(may_build_);
  }
  // At once, though more may have come: what waits for the whole queue is one large batch after another
  // with nothing run meanwhile, as with one thread.
  writing_ = true;
  return false;
}

void Committer::RunBodies(Batch& batch, std::deque<Job>& taken) {
  txn_.set_time(clock_.TimeNow());
  while (!taken.empty() && batch.layer.bytes() < kMaxBatchBytes) {
    if (!batch.jobs.empty()) fault::Point("mid_batch");
    batch.jobs.push_back(std::move(taken.front()));
    taken.pop_front();
    batch.announced += RunBody(batch.jobs.back());
  }
}

uint64_t Committer::RunBody(Job& job) {
  // By the clock: the batch may have been open for long.
  if (job.deadline < clock_.TimeNow()) {
    ++expired_;
    job.status = TooLate();
    return 0;
  }
  job.ran = true;
  txn_.Begin();
  const uint64_t revision = txn_.revision();
  job.status = job.body(txn_);
  const bool wrote = job.status.ok() && txn_.wrote();
  job.revision = wrote ? revision : revision - 1;
  const uint64_t announced = wrote ? txn_.announced() : 0;
  txn_.End(job.status.ok());
  return announced;
}

// Before the next batch begins, since that one reads what this one writes.
void Committer::Close(Batch& batch) {
  ++batch_count_;
  unwritten_ = nullptr;
  batch.state = state_;
  if (batch.layer.empty()) return;
  if (!engine_.HasSpace()) return RefuseAll(batch);
  if (std::exchange(refusing_, false)) LogEvent(Severity::kInfo, "store.volume_has_space");
  StateRow& next = batch.state;
  next.set_revision(txn_.revision() - 1);
  next.set_feed_entries(next.feed_entries() + batch.announced);
  absl::Status upkeep = TrimFeed(txn_, feed_keep_entries_, batch.announced, next);
  upkeep.Update(sweeper_.Sweep(txn_, batch.jobs.size()));
  if (!upkeep.ok()) LOG(ERROR) << "clearing the store: " << upkeep.message();
  LeaveTrace(txn_, next);
  txn_.Put(Space::kMeta, kStateKey, next.SerializeAsString());
  state_ = next;
  unwritten_ = &batch.layer;
}

// Also those whose body failed or wrote nothing: they may have read what now never was.
void Committer::RefuseAll(Batch& batch) {
  if (!std::exchange(refusing_, true)) LogEvent(Severity::kError, "store.volume_full");
  for (Job& job : batch.jobs) {
    if (job.ran) job.status = OutOfSpace();
  }
  batch.layer.Clear();
  sweeper_.StartOver();
}

void Committer::Write(Batch& batch) {
  if (fault::Mutant("reply_before_write")) {
    for (Job& job : batch.jobs) {
      job.status.ok() ? job.done(job.revision) : job.done(job.status);
    }
    batch.jobs.clear();
    // As before a slow disk: the answers are out by then.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const bool is_empty = batch.layer.empty();
  if (!is_empty) {
    rocksdb::Status written = batch.layer.AppendTo(engine_, batch.bytes);
    if (fault::Mutant("mark_before_write")) LogIfFailed(mark_.Note(batch.state.revision()));
    fault::Point("before_write");
    rocksdb::WriteOptions durable;
    durable.sync = !fault::Mutant("sync_off");
    if (written.ok()) written = engine_.db()->Write(durable, &batch.bytes);
    // Part of it may be in the log. Only the next start can tell what is there.
    if (!written.ok() && !fault::Mutant("go_on_after_failed_write"))
      LOG(FATAL) << "a write to the store failed: " << FromRocks(written).message();
    fault::Point("after_write");
    ++syncs_;
    durable_revision_ = batch.state.revision();
    // Its memory serves the next, unless it is much.
    batch.bytes.GetDataSize() > kMaxKeptBytes ? (void)(batch.bytes = rocksdb::WriteBatch())
                                              : batch.bytes.Clear();
  }
  HandOver({.jobs = std::move(batch.jobs),
            .revision = batch.state.revision(),
            .announced = batch.announced > 0 && !is_empty});
  batch.jobs.clear();
}

void Committer::HandOver(Finished finished) {
  MutexLock lock(finished_mutex_);
  while (finished_.size() >= kMaxFinished) lock.Wait(finished_drained_);
  finished_.push_back(std::move(finished));
  finished_filled_.notify_one();
}

bool Committer::TakeFinished(Finished& finished, std::chrono::steady_clock::time_point next_mark) {
  MutexLock lock(finished_mutex_);
  while (finished_.empty() && !writers_ended_) {
    if (!lock.WaitUntil(finished_filled_, next_mark)) break;
  }
  if (finished_.empty()) return !writers_ended_;
  finished = std::move(finished_.front());
  finished_.pop_front();
  finished_drained_.notify_one();
  return true;
}

void Committer::Answer(std::vector<Job>& jobs) {
  for (auto job = jobs.begin(); job != jobs.end();) {
    // What goes out for each of them can go out at once, but nobody waits for hundreds of others.
    const Turn turn;
    const auto end = job + std::min<ptrdiff_t>(kMaxAnswersATurn, jobs.end() - job);
    for (; job != end; ++job) {
      // What it holds must not outlive the answer. Not ended on the writer, which has more to do.
      job->body = nullptr;
      if (job->status.ok()) {
        job->done(job->revision);
      } else {
        job->done(std::move(job->status));
      }
    }
  }
}

void Committer::RunCompletion() {
  using SteadyClock = std::chrono::steady_clock;
  on_store_thread = true;
  const auto never = SteadyClock::time_point::max();
  auto last_mark = SteadyClock::now();
  uint64_t noted = durable_revision_;
  uint64_t marked = noted;
  Finished finished;
  SteadyClock::duration pause = mark_interval_;
  const auto due = [&] { return noted > marked ? last_mark + pause : never; };
  const auto sync_if_due = [&] {
    if (SteadyClock::now() < due()) return;
    const absl::Status synced = mark_.Sync();
    LogIfFailed(synced);
    last_mark = SteadyClock::now();
    if (synced.ok()) marked = noted;
    pause = synced.ok() ? mark_interval_ : std::max(mark_interval_, kMarkRetry);
  };
  while (TakeFinished(finished, due())) {
    if (finished.revision > noted && mark_.enabled()) {
      noted = finished.revision;
      if (auto place = engine_.NewManifestPlace()) mark_.SetManifest(*std::move(place));
      LogIfFailed(mark_.Note(noted));
    }
    if (mark_interval_ == mark_interval_.zero()) sync_if_due();
    fault::Point("before_reply");
    Answer(finished.jobs);
    finished.jobs.clear();
    if (std::exchange(finished.announced, false)) feed_.Notify(finished.revision);
    sync_if_due();
  }
}

}  // namespace eid::kv
