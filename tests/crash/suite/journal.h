// SPDX-License-Identifier: Apache-2.0
// Every call of a load and its answer, and what was found to be wrong. Knows no service.
#pragma once

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace eid::crash {

// What a caller knows after an attempt. Unknown: it may have had its effect, or may still have it.
enum class Answer { kAcked, kRefused, kUnknown };

// What must hold. The numbers are those of docs/reliability.md.
enum class Invariant {
  kReadable,   // I1: what was acknowledged is there, as it was acknowledged
  kOnce,       // I2: at most one effect for each request
  kPath,       // I3: every history is a path of the state machine, with one end
  kDuties,     // I4: who files, who examines and who decides are different persons
  kQuiet,      // I7: after the faults everything ends where it should, and all stores agree
  kResolved,   // I8: what was unknown is known when it is repeated, for good
  kFinding,    // what a verification finds is what the registers say
  kDeadline,   // the time that a call may take is passed on, and one that is held holds no other
  kNoFailure,  // a planned stop costs no call, and ends with 0 in time
  // The run itself could not do what it has to. It fails the run; no defect is found by it.
  kHarness,
};
absl::string_view NameOf(Invariant invariant);

// One attempt of one call.
struct Attempt {
  std::string who;
  std::string method;
  std::string request_id;
  int number = 1;
  Answer answer = Answer::kUnknown;
  absl::Status status = absl::OkStatus();
  absl::Duration took = {};
};

// Thread-safe.
class Journal {
 public:
  struct Totals {
    int attempts = 0;
    int unknown = 0;
    // Calls that change something, by what came of each in the end.
    int acked = 0;
    int refused = 0;
    // Of these, the ones whose first answer was lost, or was asked for again.
    int resolved = 0;
    int repeated = 0;
  };

  // Appends each attempt to the file, as a line.
  explicit Journal(const std::string& path) : file_(path, std::ios::app) {}

  void Note(const Attempt& attempt);
  // A call that changes something has come to an end. `was_unknown`: after attempts that nobody
  // answered.
  void End(Answer answer, bool was_unknown);
  void Repeated();
  // An invariant is broken. The first one ends the load.
  void Violate(Invariant invariant, absl::string_view what);

  // From now on everything is planned: a call may find its service away, but may not be left without
  // an answer.
  void SetPlanned() { planned_ = true; }

  bool violated() const { return violated_; }
  // Waits until `more` further attempts were acknowledged. False if they were not within
  // `patience`, or if something is wrong.
  bool AwaitAcks(int more, absl::Duration patience);

  Totals totals() const;
  struct Violation {
    Invariant invariant;
    std::string what;
  };
  std::vector<Violation> violations() const;

 private:
  mutable absl::Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
  int acks_ ABSL_GUARDED_BY(mutex_) = 0;
  Totals totals_ ABSL_GUARDED_BY(mutex_);
  std::vector<Violation> violations_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> violated_ = false;
  std::atomic<bool> planned_ = false;
};

}  // namespace eid::crash
