// SPDX-License-Identifier: Apache-2.0
// Registrations without end, while somebody kills the programs that serve them.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "tests/integration/support/history.h"
#include "tests/integration/support/stage.h"

namespace eid::integration {

// Takes one organization after another through all five steps, each applicant on a thread of its
// own: most straight, some sent back and corrected, some refused. What was answered already is
// repeated now and then, as clients do that lost an answer. Another thread for each applicant
// follows the stream of changes.
//
// Uses the stage's officers: nobody else may while it runs.
class Load {
 public:
  // People of the seed; nobody's registrations are in two loads.
  Load(Stage& stage, const std::vector<std::string>& personal_ids, uint64_t seed);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  History& history() { return history_; }

  // Begins no further registration; waits until those under way have ended, and until the streams
  // have shown the end of each.
  void Finish();

  // What is not as the answers said, after Finish(): a registration, a case, a verification, an
  // organization, a notification or a message that is missing or there twice. Empty is what a test
  // wants.
  std::vector<std::string> Discrepancies();

 private:
  class Applicant;
  class Follower;

  Stage& stage_;
  History history_;
  // One at a time: the officers are persons too.
  absl::Mutex officers_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  std::vector<suite::Person*> people_;
  std::vector<std::unique_ptr<Applicant>> applicants_;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::vector<std::thread> threads_;
  std::vector<std::thread> follower_threads_;
};

}  // namespace eid::integration
