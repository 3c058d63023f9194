// SPDX-License-Identifier: Apache-2.0
// People who use the suite without end while somebody breaks it, and the account of it afterwards.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/crash/suite/applicant.h"
#include "tests/crash/suite/follower.h"

namespace eid::crash {

struct LoadOptions {
  Patience patience = {};
  uint64_t seed = 0;
  // Where every call and its answer is written down.
  std::string journal_path;
  // Whether an officer enrols people meanwhile.
  bool enrol = true;
};

// For each of the arena's lanes an applicant with a crew, and a follower of the applicant's stream;
// and an officer who enrols people. New applicants in each load.
class Load {
 public:
  // Admits the applicants and begins. The arena outlives it.
  static absl::StatusOr<std::unique_ptr<Load>> Begin(Arena& arena, LoadOptions options);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  Journal& journal() { return journal_; }
  const Ledger& ledger() const { return ledger_; }
  // The next registrations are of this kind; -1: in turn.
  void Prefer(int kind) { wanted_kind_ = kind; }
  // One more call as the enrolling officer makes it, for somebody new.
  Shared shared() {
    return {arena_, journal_, ledger_, sightings_, options_.patience, wanted_kind_};
  }

  // Begins nothing further, and waits until what is under way has ended and the streams have shown
  // it. Then, if nothing was wrong, compares what every store says with what clients were told.
  void Finish();

 private:
  Load(Arena& arena, LoadOptions options)
      : arena_(arena), options_(std::move(options)), journal_(options_.journal_path) {}
  void Enrol();

  Arena& arena_;
  const LoadOptions options_;
  Journal journal_;
  Ledger ledger_;
  Sightings sightings_{journal_};
  std::atomic<int> wanted_kind_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  bool finished_ = false;
  std::vector<std::unique_ptr<suite::Person>> people_;
  std::vector<std::unique_ptr<Applicant>> applicants_;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::vector<std::thread> threads_;
  std::vector<std::thread> follower_threads_;
};

// Compares the stores, through their RPCs, with the ledger; violations go to the journal. Nothing is
// under way any more.
void CheckStores(Shared shared, const std::vector<suite::Person*>& applicants);

}  // namespace eid::crash
