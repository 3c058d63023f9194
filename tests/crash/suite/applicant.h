// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/crash/suite/arena.h"
#include "tests/crash/suite/caller.h"
#include "tests/crash/suite/ledger.h"
#include "tests/crash/suite/sightings.h"

namespace eid::crash {

// What the members of a load share.
struct Shared {
  Arena& arena;
  Journal& journal;
  Ledger& ledger;
  Sightings& sightings;
  Patience patience;
  // The kind of the next registrations; -1: any.
  std::atomic<int>& wanted_kind;
};

// Takes one organization after another through the five steps, together with its crew.
class Applicant {
 public:
  Applicant(Shared shared, suite::Person& person, Crew& crew, int lane, uint64_t seed);

  // Until told to stop, or until something is wrong.
  void Run(const std::atomic<bool>& stopping);

 private:
  absl::Status TakeOneThrough(Kind kind);
  absl::StatusOr<dossier::v1::Dossier> NewOrganization();
  absl::StatusOr<Registration> File(const dossier::v1::Dossier& dossier, Story& story);
  absl::StatusOr<Registration> Await(const std::string& id, Registration::State state);
  // Has the registration examined: what is found must be what the registers say.
  absl::Status AwaitReview(const std::string& id, bool as_registered);
  // Somebody claims it; now and then somebody who may also decide, and must not decide this one.
  absl::StatusOr<approval::v1::Case> Claim(Story& story);
  absl::Status SendBack(Story& story);
  absl::Status Correct(const std::string& right_name, Story& story);
  absl::Status Withdraw(Story& story);
  absl::Status Decide(Story& story);
  absl::Status Contest(const approval::v1::Case& claimed, Story& story);
  absl::Status Collect(const std::string& id, Story& story);

  const Shared shared_;
  suite::Person& person_;
  Caller applicant_;
  Caller reviewer_;
  Caller approver_;
  Caller rival_;
  Caller examiner_;
  std::mt19937_64 random_;
  int taken_ = 0;
};

}  // namespace eid::crash
