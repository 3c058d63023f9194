// SPDX-License-Identifier: Apache-2.0
// What the clients of a load were told, which must be true from then on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "eid/identity/v1/account_service.pb.h"
#include "tests/crash/suite/machine.h"

namespace eid::crash {

// How a registration is meant to go.
enum class Kind {
  kGranted,
  // Sent back once, then granted.
  kCorrected,
  kRefused,
  // Sent back, then withdrawn.
  kWithdrawn,
  // Approved and refused at the same moment: one of the two.
  kContested,
};
inline constexpr int kKinds = 5;

// One registration, as its clients know it.
struct Story {
  std::string registration_id;
  std::string applicant_account_id;
  std::string applicant_phone;
  Kind kind = Kind::kGranted;
  std::string file_code = {};
  int submissions = 0;
  // Those who examined and decided it; empty: nobody.
  std::string reviewer_account_id = {};
  std::string approver_account_id = {};
  // Where it ended, as the applicant was told; UNSPECIFIED: it has not.
  Registration::State end = Registration::STATE_UNSPECIFIED;
  // The account that was granted, and activated.
  std::string organization_id = {};

  bool ended() const { return end != Registration::STATE_UNSPECIFIED; }
  // What the applicant is told by message: one for each time that it was sent back, and one for the
  // decision.
  int notices() const;
};

// Thread-safe.
class Ledger {
 public:
  // A registration was acknowledged, or is known better now.
  void Put(const Story& story);
  // An account was acknowledged.
  void Put(const identity::v1::Account& account);

  std::vector<Story> stories() const;
  std::vector<identity::v1::Account> accounts() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, Story> stories_ ABSL_GUARDED_BY(mutex_);
  std::vector<identity::v1::Account> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::crash
