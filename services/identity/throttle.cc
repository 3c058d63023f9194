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

void CountAttempt(Failures& failures, absl::Time now) {
  if (now - FromTimestamp(failures.last_time()) >= kForgetAfter) failures.set_count(0);
  failures.set_count(std::min(failures.count() + 1, kMostCounted));
  *failures.mutable_last_time() = ToTimestamp(now);
}

void Forgive(Failures& failures) { failures.Clear(); }

absl::Duration TakeCode(ThrottleRow& row, const CodeAllowance& allowance, absl::Time now) {
  const int64_t full = allowance.burst * kToken;
  const int64_t refill_ms = std::max<int64_t>(1, absl::ToInt64Milliseconds(allowance.refill));
  int64_t tokens = full;
  if (row.has_refill_time()) {
    const absl::Duration since =
        std::clamp(now - FromTimestamp(row.refill_time()), absl::ZeroDuration(), kForgetAfter);
    tokens = std::min(
        full, row.code_tokens_milli() + absl::ToInt64Milliseconds(since) * kToken / refill_ms);
  }
  if (tokens < kToken) return absl::Milliseconds((kToken - tokens) * refill_ms / kToken + 1);
  row.set_code_tokens_milli(tokens - kToken);
  *row.mutable_refill_time() = ToTimestamp(now);
  return absl::ZeroDuration();
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
