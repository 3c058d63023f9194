// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/crypto/password.h"
#include "common/sync/worker_pool.h"
#include "services/identity/client_limits.h"
#include "services/identity/config.pb.h"
#include "services/identity/signing_keys.h"
#include "services/identity/throttle.h"

// What the configuration means.
namespace eid::identity {

// INVALID_ARGUMENT, naming everything that is missing or out of range. Where the store lies, which a
// test gives otherwise, Identity::Open asks for.
absl::Status CheckConfig(const Config& config);

// Of a valid configuration.
crypto::PasswordParams PasswordParamsOf(const Hashing& hashing);
WorkerPool::Options HashingPoolOf(const Hashing& hashing);
KeyTimes KeyTimesOf(const KeyRotation& rotation);
ClientLimits::Options ClientOptionsOf(const Throttling& throttling);
CodeAllowances CodeAllowancesOf(const Throttling& throttling);
// How long a person's data may take to be compared.
absl::Duration PersonCheckTimeout(const Config& config);
absl::Duration UpkeepPause(const Config& config);

}  // namespace eid::identity
