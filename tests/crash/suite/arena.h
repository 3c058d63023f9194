// SPDX-License-Identifier: Apache-2.0
// The running suite that scenarios break, and the people who use it meanwhile.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "tools/suite/world.h"

namespace eid::crash {

// Officers who serve one applicant: sessions of the same few persons, so that each is used by one
// thread.
struct Crew {
  std::unique_ptr<suite::Person> reviewer;
  std::unique_ptr<suite::Person> approver;
  // The approver a second time, for what is done at the same moment.
  std::unique_ptr<suite::Person> rival;
  // Has both roles.
  std::unique_ptr<suite::Person> examiner;
};

class Arena {
 public:
  // Starts the suite in the directory, with `lanes` crews.
  static absl::StatusOr<std::unique_ptr<Arena>> Open(const std::string& directory, int lanes);

  suite::World& world() { return *world_; }
  suite::Suite& suite() { return world_->suite(); }
  Crew& crew(size_t lane) { return crews_.at(lane); }
  int lanes() const { return static_cast<int>(crews_.size()); }
  suite::Person& intake() { return *intake_; }
  const std::string& directory() const { return suite_directory_; }

  // Somebody whom the population database knows and nobody else. Thread-safe.
  absl::StatusOr<suite::PersonData> NewPerson();
  // The same with an account, logged in.
  absl::StatusOr<std::unique_ptr<suite::Person>> NewApplicant();
  // A tax code that nobody has. Thread-safe.
  std::string NewTaxCode();

  // New tokens for those who make single calls, where the old ones are about to end. One thread's.
  absl::Status KeepLoggedIn();
  // Where the logs hold what the people have to hide: numbers, names, phones, passwords, tokens. Empty
  // is what is wanted.
  std::vector<std::string> FindSecrets() const;

 private:
  Arena() = default;
  // Nothing of the person may stand in a log, nor any token that the person ever gets.
  void HideWhatIsOf(suite::Person& person);

  std::string suite_directory_;
  std::unique_ptr<suite::World> world_;
  std::unique_ptr<suite::Person> intake_;
  std::vector<Crew> crews_;
  mutable absl::Mutex mutex_;
  std::set<std::string> secrets_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int> people_ = 0;
  std::atomic<int> organizations_ = 0;
};

}  // namespace eid::crash
