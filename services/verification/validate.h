// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "eid/verification/v1/verification_service.pb.h"

namespace eid::verification {

// OK, or INVALID_ARGUMENT INVALID_REQUEST with every violation. Pure.

// Ids, the dossier and its digest. What a dossier must be like is registration's to say, which checked
// it: a second opinion could only leave a file stuck for ever.
absl::Status Validate(const v1::EnsureVerificationRequest& request);
absl::Status Validate(const v1::GetVerificationRequest& request);
absl::Status Validate(const v1::ListVerificationsRequest& request);
absl::Status Validate(const v1::RetryVerificationRequest& request);
absl::Status Validate(const v1::CheckPersonRequest& request);

}  // namespace eid::verification
