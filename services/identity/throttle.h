// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/identity/storage.pb.h"

// How guesses are slowed down. Pure: rows and times come in, rows and waits go out. Nobody is ever
// locked out for good, and whoever has the bound device is not kept out by those who have not.
namespace eid::identity {

// Wrong guesses that cost no wait.
inline constexpr int kFreeFailures = 5;
inline constexpr absl::Duration kLongestWait = absl::Minutes(15);
// After so long without an attempt, all is forgotten.
inline constexpr absl::Duration kForgetAfter = absl::Hours(24);

// Wait after the n-th failure in a row: none up to the fourth, then 2, 4, 8 … seconds.
absl::Duration WaitAfter(int failures);

// How long until the next attempt; zero: now. A clock that was set back makes nobody wait longer
// than the schedule says.
absl::Duration WaitLeft(const Failures& failures, absl::Time now);

// An attempt begins. It counts as failed until Forgive: so a crash, or a hundred attempts at once,
// gain nothing.
void CountAttempt(Failures& failures, absl::Time now);
void Forgive(Failures& failures);

// One-time codes to one account.
struct CodeAllowance {
  int burst = 5;
  absl::Duration refill = absl::Seconds(60);
};
// Takes one; zero if there was one, else how long until there is.
absl::Duration TakeCode(ThrottleRow& row, const CodeAllowance& allowance, absl::Time now);

// Sets when the row may be forgotten.
void Touch(ThrottleRow& row, absl::Time now);

// RESOURCE_EXHAUSTED TOO_MANY_ATTEMPTS with RetryInfo.
absl::Status TooManyAttempts(absl::Duration wait);

}  // namespace eid::identity
