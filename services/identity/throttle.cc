// SPDX-License-Identifier: Apache-2.0
#include "services/identity/throttle.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"

namespace eid::identity {
namespace {

// Beyond this the wait no longer grows, and the count need not either.
constexpr int kMostCounted = 1000;
constexpr int64_t kToken = 1000;

int64_t RefillMs(const Allowance& allowance) {
  return std::max<int64_t>(1, absl::ToInt64Milliseconds(allowance.refill));
}

int64_t TokensOf(const Bucket& bucket, const Allowance& allowance, absl::Time now) {
  const int64_t full = allowance.burst * kToken;
  if (!bucket.has_time()) return full;
  const absl::Duration since =
      std::clamp(now - FromTimestamp(bucket.time()), absl::ZeroDuration(), kForgetAfter);
  const int64_t left = std::clamp<int64_t>(bucket.tokens_milli(), 0, full);
  return std::min(full, left + absl::ToInt64Milliseconds(since) * kToken / RefillMs(allowance));
}

}  // namespace

absl::Duration WaitAfter(int failures) {
  if (failures < kFreeFailures) return absl::ZeroDuration();
  const int doublings = failures - kFreeFailures + 1;
  if (doublings >= 10) return kLongestWait;
  return std::min(absl::Seconds(int64_t{1} << doublings), kLongestWait);
}

absl::Duration WaitLeft(const Failures& failures, absl::Time now) {
  const absl::Duration since = now - FromTimestamp(failures.last_time());
  if (since >= kForgetAfter) return absl::ZeroDuration();
  const absl::Duration wait = WaitAfter(failures.count());
  return std::clamp(wait - since, absl::ZeroDuration(), wait);
}

Counted CountAttempt(Failures& failures, absl::Time now) {
  Counted counted = {.before = failures, .after = {}};
  if (now - FromTimestamp(failures.last_time()) >= kForgetAfter) failures.set_count(0);
  failures.set_count(std::min(failures.count(), kMostCounted - 1) + 1);
  *failures.mutable_last_time() = ToTimestamp(now);
  counted.after = failures;
  return counted;
}

void Forgive(Failures& failures) { failures.Clear(); }

void TakeBack(Failures& failures, const Counted& counted) {
  const bool last = failures.count() == counted.after.count() &&
                    FromTimestamp(failures.last_time()) == FromTimestamp(counted.after.last_time());
  if (last) {
    failures = counted.before;
  } else {
    // Others came after it: theirs stay, with their time.
    failures.set_count(std::max(failures.count() - 1, 0));
  }
}

absl::Duration Missing(const Bucket& bucket, const Allowance& allowance, absl::Time now) {
  const int64_t tokens = TokensOf(bucket, allowance, now);
  if (tokens >= kToken) return absl::ZeroDuration();
  return absl::Milliseconds((kToken - tokens) * RefillMs(allowance) / kToken + 1);
}

absl::Duration Take(Bucket& bucket, const Allowance& allowance, absl::Time now) {
  const absl::Duration wait = Missing(bucket, allowance, now);
  if (wait > absl::ZeroDuration()) return wait;
  bucket.set_tokens_milli(TokensOf(bucket, allowance, now) - kToken);
  *bucket.mutable_time() = ToTimestamp(now);
  return wait;
}

void Touch(ThrottleRow& row, absl::Time now) {
  *row.mutable_forget_time() = ToTimestamp(now + kForgetAfter);
}

absl::Status TooManyAttempts(absl::Duration wait) {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_MANY_ATTEMPTS,
                         "Too many attempts. Try again later."),
                   absl::Seconds(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)))));
}

}  // namespace eid::identity
