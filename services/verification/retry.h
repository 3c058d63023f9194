// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::verification {

struct RetryOptions {
  absl::Duration initial = absl::Seconds(1);
  absl::Duration max = absl::Minutes(5);
};

// How long to wait after the given number of failed attempts (at least 1): initial, then twice as long each time, at most
// max; less up to a fifth that `salt` decides, so that what failed together does not come back together. Pure.
absl::Duration Backoff(int attempts, absl::string_view salt, const RetryOptions& options);

}  // namespace eid::verification
