// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "common/kv/table.h"
#include "services/verification/storage.pb.h"

namespace eid::verification {

// Everything that this service keeps. Numbers are on disk: never changed, never used again.
inline constexpr uint32_t kSchemaVersion = 1;
inline constexpr uint32_t kVerificationTable = 1;

// By verification_id: KeyOf(verification_id).
const kv::Table<VerificationRow>& Verifications();

// Newest first: KeyOf(Desc(create_time), verification_id).
inline constexpr uint32_t kByCreateTime = 1;
// KeyOf(registration_id, Desc(create_time), verification_id).
inline constexpr uint32_t kByRegistration = 2;
// KeyOf(state, Desc(create_time), verification_id).
inline constexpr uint32_t kByState = 3;
// Each look-up that is not answered: KeyOf(registry_id, asked before?, due time, verification_id).
inline constexpr uint32_t kByDue = 4;

// The topic of the change feed; its subjects are verification_ids.
inline constexpr uint32_t kVerificationTopic = 1;

// Writes the row with a new etag, and announces the change.
absl::Status Save(kv::Txn& txn, VerificationRow& row);

}  // namespace eid::verification
