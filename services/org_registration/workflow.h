// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/index_head.h"
#include "common/sync/mutex.h"
#include "services/org_registration/peers.h"
#include "services/org_registration/steps.h"

namespace eid::org_registration {

// Takes registrations through what the suite does by itself (steps.h): looks at those that are due,
// makes the next step of each, writes what came of it. The row is the saga's log and outbox: its
// state says what has been done, its due_time when to look again, both written in one transaction.
// No transaction is open while a peer is asked, and what comes of a step is written only if nobody
// changed the row meanwhile. So a crash between any two instructions costs a look, nothing else.
//
// What a peer's watch tells (Hear) is the answer to the step that waits for it: it is written as one,
// without a call (the end of a verification with the case that it leads to), and what is no news to
// the registration is neither written nor asked about. It is looked at when nothing is under way for
// the registration, so it cannot overtake an answer; where it cannot be kept or written, the peer is
// asked. The due time is the net beneath.
//
// One thread, woken by the earliest due time, by news, by nudges and by the end of steps: what others
// write does not wake it, so who makes a row due at once nudges (Filing). Steps under way wait for
// their peer without a thread. Thread-safe.
class Workflow {
 public:
  struct Options {
    Periods periods = {};
    // Steps under way at once; also pieces of news that are kept.
    size_t max_in_flight = 64;
    // For tests: called before each commit of a step's outcome; an error is a crash at that point.
    std::function<absl::Status()> before_commit = nullptr;
  };

  // The collaborators outlive this.
  Workflow(kv::Database& database, const Clock& clock, Peers& peers, Options options);
  // Stops, and waits for the steps under way.
  ~Workflow();
  Workflow(const Workflow&) = delete;
  Workflow& operator=(const Workflow&) = delete;

  // Starts the thread. Once; tests call Look by hand instead.
  void Start();

  // Starts a step for each registration that is due, has news or was nudged, as many as may be under
  // way. How many were started.
  size_t Look();

  // A peer's watch tells of a registration. Never waits.
  void Hear(News news);
  // Looks at the registration at once: it was handed over.
  void Nudge(absl::string_view registration_id);
  // A peer can be reached again: look at once at everything that waits for it.
  void PeerIsBack(Peer peer);

 private:
  // A registration as it was when its step began, without what went into the request.
  using Seen = std::shared_ptr<const RegistrationRow>;
  // Changes the row by the answer; true: what people see changed.
  using Change = std::function<bool(const Moment&, RegistrationRow&)>;

  struct Waiting;
  // A registration to look at, and what was heard of it: then its peer is not asked.
  struct Taken {
    RegistrationRow row;
    std::optional<News> news;
  };

  void Run();
  void Wake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Adds to `nudged_` what waits for the peers that are back.
  void GatherReturned();
  // Keeps it, or sees to it that the peer is asked instead.
  void KeepNews(std::string key, News news) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Takes what was nudged and what was heard, except of what is under way.
  Waiting TakeWaiting();
  // What is to be looked at now, taken into `in_flight_`.
  std::vector<Taken> TakeDue(absl::Time now);
  void Begin(RegistrationRow row, Step step);
  // The same with news, which are the answer.
  void BeginWith(RegistrationRow row, News news);
  // What was found goes on to the authority, and is written with its answer: nothing is lost with
  // what is not written, since verification says it again.
  void HandOn(RegistrationRow row, verification::v1::Verification found);
  // Notes whether the peer can be reached.
  void NotePeer(Peer peer, const absl::Status& answer);
  void Commit(const Seen& seen, Change change);
  // `overtaken`: the row had been changed by somebody else.
  void Finish(const std::string& key, const absl::Status& committed, bool overtaken);
  // How a peer's answer becomes a commit: by `apply`, a bool(absl::StatusOr<Answer>&&, const Moment&,
  // RegistrationRow&).
  template <class Answer, class Apply>
  Peers::Done<Answer> Into(RegistrationRow row, Step step, Apply apply);

  kv::Database& db_;
  const Clock& clock_;
  Peers& peers_;
  const Options options_;
  kv::IndexHead due_;

  Mutex mu_;
  std::condition_variable changed_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  // Something may be due.
  bool dirty_ ABSL_GUARDED_BY(mu_) = true;
  // Keys of rows.
  absl::flat_hash_set<std::string> in_flight_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<std::string> nudged_ ABSL_GUARDED_BY(mu_);
  // By key of row; at most max_in_flight.
  absl::flat_hash_map<std::string, News> heard_ ABSL_GUARDED_BY(mu_);
  // Peers that could not be reached when they were last asked; at first, all.
  absl::flat_hash_set<int> away_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<int> back_ ABSL_GUARDED_BY(mu_);
  // The earliest due time that has not come.
  absl::Time next_due_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  // After the store refused a commit.
  absl::Time paused_until_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace eid::org_registration
