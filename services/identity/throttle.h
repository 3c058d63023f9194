// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/identity/storage.pb.h"

// How guesses are slowed down. Pure: rows and times come in, rows and waits go out. Nobody is ever
// locked out for good, and whoever has the bound device, or the phone, is not kept out by those who
// have not.
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

// What one attempt made of the count.
struct Counted {
  Failures before;
  Failures after;
};
// An attempt begins. It counts as failed until Forgive or TakeBack: so a crash, or a hundred attempts
// at once, gain nothing.
Counted CountAttempt(Failures& failures, absl::Time now);
// All is forgiven: for whoever proved two factors.
void Forgive(Failures& failures);
// This one attempt was right, but proved too little to forgive others: whoever stole one factor would
// clear the count with it as often as needed to guess the other.
void TakeBack(Failures& failures, const Counted& counted);

// How many at once, and how long until one more.
struct Allowance {
  int burst = 0;
  absl::Duration refill;
};
// One-time codes to one account. The account's is larger and fills faster, so that one client cannot
// take all.
struct CodeAllowances {
  Allowance client = {.burst = 5, .refill = absl::Seconds(60)};
  Allowance account = {.burst = 20, .refill = absl::Seconds(30)};
};
// Wrong answers to the codes of one account, of all clients together; then no more codes are sent.
// A right code is looked at whatever others guessed, so this is what bounds guessing from many
// networks. One client, slowed down by its own wrong answers, cannot use it up.
inline constexpr Allowance kWrongCodes = {.burst = 500, .refill = absl::Minutes(3)};

// How long until there is one; zero: there is.
absl::Duration Missing(const Bucket& bucket, const Allowance& allowance, absl::Time now);
// Takes one; zero if there was one, else how long until there is.
absl::Duration Take(Bucket& bucket, const Allowance& allowance, absl::Time now);

// Sets when the row may be forgotten.
void Touch(ThrottleRow& row, absl::Time now);

// RESOURCE_EXHAUSTED TOO_MANY_ATTEMPTS with RetryInfo.
absl::Status TooManyAttempts(absl::Duration wait);

}  // namespace eid::identity
