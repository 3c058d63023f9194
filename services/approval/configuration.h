// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/keys.h"
#include "common/kv/database.h"
#include "common/outbox/outbox.h"
#include "services/approval/cases.h"
#include "services/approval/config.pb.h"
#include "services/approval/statutory_clock.h"

// What the configuration says, for main.
namespace eid::approval {

// INVALID_ARGUMENT, naming every field that is missing or out of range.
absl::Status CheckConfig(const Config& config);

// The rules that it names. The errors of the files.
absl::StatusOr<StatutoryPeriods> LoadPeriods(const Config& config);

// The key that signs decisions, made with its directory if it is not there.
absl::StatusOr<crypto::PrivateKey> LoadDecisionKey(const Config& config);

kv::DatabaseOptions StoreOptions(const Config& config);
Examination::Options ExaminationOptions(const Config& config);
outbox::Options OutboxOptions(const Config& config);

}  // namespace eid::approval
