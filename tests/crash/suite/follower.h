// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "tests/crash/suite/applicant.h"

namespace eid::crash {

// Follows one person's registrations on the stream of changes, resuming it where it broke.
class Follower {
 public:
  Follower(Shared shared, std::unique_ptr<suite::Person> session)
      : shared_(shared), session_(std::move(session)) {}

  // Until told that the load has ended, and then until every registration of the person was seen
  // where it ended. Violates kQuiet if one is not.
  void Run(const std::atomic<bool>& ended);

 private:
  // Reads one stream to its end.
  absl::Status Follow();
  bool SawAll() const;

  const Shared shared_;
  const std::unique_ptr<suite::Person> session_;
  std::string resume_token_;
};

}  // namespace eid::crash
