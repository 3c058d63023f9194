// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the two threads of a store. The writer runs what waits as one batch and
// writes it with one sync; the fsync under way is the time in which the next batch gathers. The
// completion thread then answers, so that the writer never waits for anybody's answer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "common/kv/feed_store.h"
#include "common/kv/high_water.h"
#include "common/kv/storage.pb.h"
#include "common/kv/upkeep.h"
#include "common/kv/view.h"
#include "common/sync/mutex.h"

namespace eid::kv {

// Thread-safe.
class Committer {
 public:
  // `state` is what the store has. The threads start at once.
  Committer(const Engine& engine, const DatabaseOptions& options, const Clock& clock,
            StateRow state, FeedStore& feed, HighWaterMark& mark, HeadSet& heads);
  ~Committer() { Stop(); }

  // Refuses what comes, finishes what waits. Its answers may still call Submit meanwhile.
  void Stop();

  // See Database::Transact.
  void Submit(Database::Body body, Database::Done done, absl::Time deadline);

  uint64_t durable_revision() const { return durable_revision_; }
  Statistics statistics() const;
  // True on the writer and the completion thread of any store: they must not wait for a commit.
  static bool OnStoreThread();

 private:
  struct Job {
    Database::Body body;
    Database::Done done;
    absl::Time deadline;
    absl::Status status;
    uint64_t revision = 0;
  };
  // Jobs that are done with, to be answered in order.
  struct Finished {
    std::vector<Job> jobs;
    uint64_t revision = 0;
    bool announced = false;
  };

  // Takes the job unless it returns an error.
  absl::Status Enqueue(Job& job);
  void RunWriter();
  void RunCompletion();
  // Waits for work; false when there will be none.
  bool TakeJobs(std::deque<Job>& taken);
  bool TakeFinished(Finished& finished, std::chrono::steady_clock::time_point next_mark);
  void HandOver(Finished finished);

  // Takes from the front what makes one batch, runs it and writes it.
  Finished RunBatch(std::deque<Job>& taken);
  // Returns how many announcements it made.
  uint64_t RunBody(Job& job);
  void Commit(uint64_t announced, std::vector<Job>& jobs);
  void RefuseAll(std::vector<Job>& jobs);

  const Engine& engine_;
  const Clock& clock_;
  const size_t max_queue_;
  const uint64_t feed_keep_entries_;
  const std::chrono::nanoseconds mark_interval_;
  FeedStore& feed_;
  HighWaterMark& mark_;

  // The writer's own.
  BatchTxn txn_;
  StateRow state_;
  RequestSweeper sweeper_;
  bool refusing_ = false;

  std::atomic<uint64_t> durable_revision_;
  std::atomic<uint64_t> batches_ = 0;
  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> expired_ = 0;

  mutable Mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<Job> queue_ ABSL_GUARDED_BY(queue_mutex_);
  bool stopping_ ABSL_GUARDED_BY(queue_mutex_) = false;
  uint64_t jobs_ ABSL_GUARDED_BY(queue_mutex_) = 0;
  uint64_t refused_ ABSL_GUARDED_BY(queue_mutex_) = 0;

  Mutex finished_mutex_;
  std::condition_variable finished_filled_;
  std::condition_variable finished_drained_;
  std::deque<Finished> finished_ ABSL_GUARDED_BY(finished_mutex_);
  bool writer_ended_ ABSL_GUARDED_BY(finished_mutex_) = false;

  std::thread writer_;
  std::thread completion_;
};

}  // namespace eid::kv
