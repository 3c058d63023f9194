// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/ledger.h"

namespace eid::crash {

int Story::notices() const {
  switch (kind) {
    case Kind::kCorrected: return 2;
    case Kind::kGranted:
    case Kind::kRefused:
    case Kind::kWithdrawn:
    case Kind::kContested: return 1;
  }
  return 0;
}

void Ledger::Put(const Story& story) {
  absl::MutexLock lock(&mutex_);
  stories_[story.registration_id] = story;
}

void Ledger::Put(const identity::v1::Account& account) {
  absl::MutexLock lock(&mutex_);
  accounts_.push_back(account);
}

std::vector<Story> Ledger::stories() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Story> stories;
  for (const auto& [id, story] : stories_) stories.push_back(story);
  return stories;
}

std::vector<identity::v1::Account> Ledger::accounts() const {
  absl::MutexLock lock(&mutex_);
  return accounts_;
}

}  // namespace eid::crash
