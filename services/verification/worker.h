// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/kv/index_head.h"
#include "services/verification/registry.h"
#include "services/verification/retry.h"
#include "services/verification/storage.pb.h"

namespace eid::verification {

// Asks the registries what verifications need, side by side, and stores what comes of it. The rows are its queue: a
// look-up is due until its answer is committed, so whatever is lost on the way (a crash, an answer, a commit) is asked
// again, and nothing is ever stuck. Each registry has its own bound on look-ups under way; one that is down or slow takes
// nothing from the others. When a registry comes back, everything that waited for it is asked at once; so it is when this
// program does.
//
// Dispatch() is one look at the queue; Start() makes a thread that looks whenever something is committed or becomes due.
class Worker {
 public:
  // All outlive this. The clock also outlives the answers to all questions asked.
  Worker(kv::Database& database, const Clock& clock, RetryOptions retry,
         std::vector<Registry*> registries);
  // Ends the thread. Answers that come later are dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Start();
  // Looks again soon. Any thread; never blocks.
  void Wake();

  // Starts what is due. Gives when to look again, if nothing happens before. One thread at a time: a test's, or the
  // worker's own once it is started.
  absl::Time Dispatch();

 private:
  struct Shared;
  // One registry's part of the queue.
  struct Lane {
    Registry* registry;
    // Its part of the queue: of look-ups that were never asked, and of those that were.
    std::unique_ptr<kv::IndexHead> fresh;
    std::unique_ptr<kv::IndexHead> asked;
    // Look-ups under way, their commits included: "verification_id/index".
    absl::flat_hash_set<std::string> busy;
    // Keys of rows all of whose look-ups here are under way: no need to load them.
    absl::flat_hash_set<std::string> taken;
    // Everything that waited when the registry, or this worker, last came back before this has been asked.
    absl::Time drained = absl::InfinitePast();
  };
  // What one walk over a lane came to.
  struct Walk {
    absl::Time next = absl::InfiniteFuture();
    bool refused = false;  // by the circuit
    bool full = false;
  };

  absl::Time RecoveredTime(const Lane& lane) const;
  static bool IsOpenHere(const Lane& lane, const VerificationRow& row, int lookup);
  // All look-ups of the row that are open here.
  static bool AllUnderWay(const Lane& lane, const VerificationRow& row);
  absl::Time DispatchLane(Lane& lane, const kv::Reader& reader, absl::Time now);
  absl::Status WalkLane(Lane& lane, const kv::Reader& reader, absl::Time now, bool asked_before,
                        size_t limit, Walk& walk);
  void MarkUnavailable(Lane& lane, const kv::Reader& reader, absl::Time now, absl::Time retry_time);
  bool Ask(Lane& lane, const VerificationRow& row, int lookup);
  void Run();

  kv::Database& database_;
  const Clock& clock_;
  const absl::Time begin_;
  std::vector<Lane> lanes_;
  const std::shared_ptr<Shared> shared_;
  kv::Subscription subscription_;
  std::thread thread_;
};

}  // namespace eid::verification
