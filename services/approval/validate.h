// SPDX-License-Identifier: Apache-2.0
// The form of every request: OK, or INVALID_ARGUMENT INVALID_REQUEST with all that is wrong. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/approval/v1/notification_service.pb.h"

namespace eid::approval {

inline constexpr size_t kMaxIdLength = 64;
inline constexpr size_t kMaxNoteLength = 2'000;
inline constexpr int kMaxSupplementItems = 30;
inline constexpr size_t kMaxItemMessageLength = 1'000;
inline constexpr int kMaxConsentingAccounts = 21;
// A complete file may be received this much in our future: clocks of machines differ.
inline constexpr absl::Duration kMaxClockSkew = absl::Minutes(5);

absl::Status Validate(const v1::ListCasesRequest& request);
absl::Status Validate(const v1::GetCaseRequest& request);
absl::Status Validate(const v1::ClaimCaseRequest& request);
absl::Status Validate(const v1::ReleaseCaseRequest& request);
absl::Status Validate(const v1::RequestSupplementRequest& request);
absl::Status Validate(const v1::ApproveCaseRequest& request);
absl::Status Validate(const v1::RejectCaseRequest& request);
absl::Status Validate(const v1::ExplainCaseRequest& request);
absl::Status Validate(const v1::EnsureCaseRequest& request, absl::Time now);
absl::Status Validate(const v1::CloseCaseRequest& request);
absl::Status Validate(const v1::MarkNotificationReadRequest& request);

}  // namespace eid::approval
