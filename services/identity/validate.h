// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "eid/identity/v1/account_service.pb.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "eid/identity/v1/officer_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "services/identity/config.pb.h"

// What requests must be: OK, or INVALID_ARGUMENT INVALID_REQUEST with every violation. Pure.
namespace eid::identity {

absl::Status Validate(const v1::CreateChallengeRequest& request);
absl::Status Validate(const v1::LoginRequest& request);
absl::Status Validate(const v1::StepUpRequest& request);
absl::Status Validate(const v1::ActAsRequest& request);
absl::Status Validate(const v1::RefreshTokenRequest& request);
absl::Status Validate(const v1::RevokeTokenRequest& request);
absl::Status Validate(const v1::IntrospectTokenRequest& request);

// `today` in Vietnam: nobody is born later.
absl::Status Validate(const v1::EnrollAccountRequest& request, absl::CivilDay today);
absl::Status Validate(const v1::ActivateAccountRequest& request);
absl::Status Validate(const v1::GetAccountRequest& request);
absl::Status Validate(const v1::ListAccountsRequest& request);

absl::Status Validate(const v1::GetOrganizationRequest& request);
absl::Status Validate(const v1::ListOrganizationsRequest& request);
absl::Status Validate(const v1::ActivateOrganizationRequest& request);
absl::Status Validate(const v1::ReopenActivationRequest& request);
absl::Status Validate(const v1::EnsureOrganizationRequest& request);

absl::Status Validate(const v1::GrantRoleRequest& request);
absl::Status Validate(const v1::RevokeRoleRequest& request);
absl::Status Validate(const v1::ListOfficersRequest& request);

absl::Status Validate(const Bootstrap& bootstrap, absl::CivilDay today);

}  // namespace eid::identity
