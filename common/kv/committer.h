// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: the threads of a store. Two take turns: one runs what comes as a batch while
// the other writes the batch before with one sync; a batch stays open until the log is free for it.
// The completion thread then answers, so that neither waits for anybody's answer.
#pragma once

#include <array>
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
#include "common/kv/batch_txn.h"
#include "common/kv/database.h"
#include "common/kv/engine.h"
#include "common/kv/feed_store.h"
#include "common/kv/high_water.h"
#include "common/kv/storage.pb.h"
#include "common/kv/upkeep.h"
#include "common/kv/write_layer.h"
#include "common/sync/mutex.h"
#include "rocksdb/write_batch.h"

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
  // True on the threads of any store: they must not wait for a commit.
  static bool OnStoreThread();

 private:
  struct Job {
    Database::Body body;
    Database::Done done;
    absl::Time deadline;
    bool ran = false;
    absl::Status status;
    uint64_t revision = 0;
  };
  struct Batch {
    std::vector<Job> jobs;
    WriteLayer layer;
    rocksdb::WriteBatch bytes;
    uint64_t announced = 0;
    // The store's state once it is written.
    StateRow state;
  };
  // Jobs that are done with, to be answered in order.
  struct Finished {
    std::vector<Job> jobs;
    uint64_t revision = 0;
    bool announced = false;
  };

  // Takes the job unless it returns an error.
  absl::Status Enqueue(Job& job);

  // Both writers run this.
  void RunWriter();
  // Waits until there is work and nobody builds a batch: then this thread does. False: there will be
  // no more work.
  bool TakeTurn();
  void PassTurn();
  // Runs what comes until the log is free. Then what the batch was begun on is durable, and the log is
  // this thread's.
  void Build(Batch& batch);
  // Waits for jobs for the batch, or for the log if it has some; false: the log is taken.
  bool TakeJobs(const Batch& batch, std::deque<Job>& taken);
  void RunBodies(Batch& batch, std::deque<Job>& taken);
  // Returns how many announcements it made.
  uint64_t RunBody(Job& job);
  // Adds what every batch ends with, or refuses it all.
  void Close(Batch& batch);
  void RefuseAll(Batch& batch);
  // Makes it durable and hands it over to be answered.
  void Write(Batch& batch);
  void FreeLog();

  void HandOver(Finished finished);
  static void Answer(std::vector<Job>& jobs);
  void RunCompletion();
  bool TakeFinished(Finished& finished, std::chrono::steady_clock::time_point next_mark);

  const Engine& engine_;
  const Clock& clock_;
  const size_t max_queue_;
  const uint64_t feed_keep_entries_;
  const std::chrono::nanoseconds mark_interval_;
  FeedStore& feed_;
  HighWaterMark& mark_;

  // Of the thread whose turn it is.
  BatchTxn txn_;
  std::array<Batch, 2> batches_;
  size_t next_batch_ = 0;
  // What the batch before wrote and may not be in the store yet.
  const WriteLayer* unwritten_ = nullptr;
  // As of the batch before.
  StateRow state_;
  RequestSweeper sweeper_;
  bool refusing_ = false;

  std::atomic<uint64_t> durable_revision_;
  std::atomic<uint64_t> batch_count_ = 0;
  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> expired_ = 0;

  mutable Mutex queue_mutex_;
  // For the thread that builds: jobs came, or the log is free.
  std::condition_variable may_build_;
  // For the others: jobs came and nobody builds.
  std::condition_variable turn_is_free_;
  std::deque<Job> queue_ ABSL_GUARDED_BY(queue_mutex_);
  bool building_ ABSL_GUARDED_BY(queue_mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(queue_mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(queue_mutex_) = false;
  uint64_t jobs_ ABSL_GUARDED_BY(queue_mutex_) = 0;
  uint64_t refused_ ABSL_GUARDED_BY(queue_mutex_) = 0;

  Mutex finished_mutex_;
  std::condition_variable finished_filled_;
  std::condition_variable finished_drained_;
  std::deque<Finished> finished_ ABSL_GUARDED_BY(finished_mutex_);
  bool writers_ended_ ABSL_GUARDED_BY(finished_mutex_) = false;

  std::array<std::thread, 2> writers_;
  std::thread completion_;
};

}  // namespace eid::kv
