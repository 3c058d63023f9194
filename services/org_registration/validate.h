// SPDX-License-Identifier: Apache-2.0
// Whether requests are well-formed: INVALID_ARGUMENT with every violation, or OK. Pure. Dossiers in
// the requests are Canonical; `today` is the day at UTC+7.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "eid/org_registration/v1/registration_service.pb.h"

namespace eid::org_registration {

absl::Status Validate(const v1::CreateRegistrationRequest& request, absl::CivilDay today);
absl::Status Validate(const v1::UpdateRegistrationRequest& request, absl::CivilDay today);
absl::Status Validate(const v1::GetRegistrationRequest& request);
absl::Status Validate(const v1::ListRegistrationsRequest& request);
absl::Status Validate(const v1::SubmitRegistrationRequest& request);
absl::Status Validate(const v1::ConsentToRegistrationRequest& request);
absl::Status Validate(const v1::SupplementRegistrationRequest& request, absl::CivilDay today);
absl::Status Validate(const v1::WithdrawRegistrationRequest& request);
absl::Status Validate(const v1::GetStatusRequest& request);

}  // namespace eid::org_registration
