// SPDX-License-Identifier: Apache-2.0
// What the people of a load ask for, each with a request_id of its own: the suite's requests, and what
// is always the same here.
#pragma once

#include <string>

#include "tools/suite/requests.h"

namespace eid::crash {

using suite::ActivationOf;
using suite::ApprovalOf;
using suite::ClaimOf;
using suite::CorrectionOf;
using suite::CreationOf;
using suite::SubmissionOf;
using suite::WithdrawalOf;

// An enterprise with this representative, as the business register knows it.
registry::v1::OrganizationRecord OrganizationOf(const suite::PersonData& representative,
                                                const std::string& tax_code);
// The name is to be corrected.
approval::v1::RequestSupplementRequest SupplementRequestOf(const approval::v1::Case& claimed);
approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed);

}  // namespace eid::crash
