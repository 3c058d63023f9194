// SPDX-License-Identifier: Apache-2.0
// How registrations are written: the only ways, since each keeps the count of its applicant's open
// ones (OpenCounts).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "common/kv/database.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

// Registrations of one applicant that are not final.
inline constexpr uint32_t kMaxOpenRegistrations = 100;

// Writes the row after a change that people see: a new revision, announced.
// RESOURCE_EXHAUSTED TOO_MANY_REGISTRATIONS: it is new, and its applicant has as many open ones as a
// person may have. ALREADY_EXISTS: an index of Registrations().
absl::Status Publish(kv::Txn& txn, RegistrationRow& row);

// Writes it after a change that nobody sees. Errors as above.
absl::Status Keep(kv::Txn& txn, RegistrationRow& row);

// What brings an older store to kSchemaVersion.
std::vector<kv::Migration> Migrations();

}  // namespace eid::org_registration
