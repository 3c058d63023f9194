// SPDX-License-Identifier: Apache-2.0
// What the store says of a registration beside the others.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

// ALREADY_EXISTS ORGANIZATION_ALREADY_REGISTERED; does not tell whose the other one is.
absl::Status AlreadyRegistered();

// AlreadyRegistered if another registration holds one of the identities that the dossier declares
// (R-UNIQ).
absl::Status CheckUnique(const kv::Reader& reader, const RegistrationRow& row);

// The next file code of the unit and day (mã hồ sơ, Circular 01/2018/TT-VPCP Art. 19).
// RESOURCE_EXHAUSTED OVERLOADED when the day has no more.
absl::StatusOr<std::string> NextFileCode(kv::Txn& txn, const std::string& unit);

}  // namespace eid::org_registration
