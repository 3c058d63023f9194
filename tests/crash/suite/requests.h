// SPDX-License-Identifier: Apache-2.0
// What the people of a load ask for, each with a request_id of its own.
#pragma once

#include <string>

#include "eid/approval/v1/approval_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "tools/suite/person.h"

namespace eid::crash {

// An enterprise with this representative, as the business register knows it.
registry::v1::OrganizationRecord OrganizationOf(const suite::PersonData& representative,
                                                const std::string& tax_code);

org_registration::v1::CreateRegistrationRequest CreationOf(const dossier::v1::Dossier& dossier);
org_registration::v1::SubmitRegistrationRequest SubmissionOf(
    const org_registration::v1::Registration& draft);
org_registration::v1::SupplementRegistrationRequest CorrectionOf(const std::string& registration_id,
                                                                 const std::string& right_name);
org_registration::v1::WithdrawRegistrationRequest WithdrawalOf(const std::string& registration_id);

approval::v1::ClaimCaseRequest ClaimOf(const std::string& case_id);
approval::v1::RequestSupplementRequest SupplementRequestOf(const approval::v1::Case& claimed);
approval::v1::ApproveCaseRequest ApprovalOf(const approval::v1::Case& claimed);
approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed);

identity::v1::ActivateOrganizationRequest ActivationOf(const std::string& organization_id);

}  // namespace eid::crash
