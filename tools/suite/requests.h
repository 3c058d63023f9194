// SPDX-License-Identifier: Apache-2.0
// What people of the suite ask for, each with a request_id of its own, and organizations that are made
// up for it.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "tools/suite/person.h"

namespace eid::suite {

// The n-th tax code of a province ("01") with serials of seven digits from an even one on. No two are
// the same. Of two serials in a row one at least has a check digit.
std::string NthTaxCode(absl::string_view province, uint64_t first_serial, uint64_t n);

// An enterprise with this representative, as the business register knows it.
registry::v1::OrganizationRecord OrganizationOf(const PersonData& representative,
                                                absl::string_view tax_code,
                                                absl::string_view vietnamese_name);

org_registration::v1::CreateRegistrationRequest CreationOf(const dossier::v1::Dossier& dossier);
// Of a draft as it was last read.
org_registration::v1::SubmitRegistrationRequest SubmissionOf(
    const org_registration::v1::Registration& draft);
// Of one name, after it was sent back.
org_registration::v1::SupplementRegistrationRequest CorrectionOf(absl::string_view registration_id,
                                                                 absl::string_view right_name);
org_registration::v1::WithdrawRegistrationRequest WithdrawalOf(absl::string_view registration_id);

approval::v1::ClaimCaseRequest ClaimOf(absl::string_view case_id);
// Of a case as it was claimed, as the three below.
approval::v1::ApproveCaseRequest ApprovalOf(const approval::v1::Case& claimed,
                                            absl::string_view note = "");
approval::v1::RequestSupplementRequest SupplementRequestOf(
    const approval::v1::Case& claimed,
    const std::vector<org_registration::v1::SupplementItem>& items);
approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed,
                                          approval::v1::RefusalReason reason,
                                          const type::v1::LocalizedText& explanation);

identity::v1::ActivateOrganizationRequest ActivationOf(absl::string_view organization_id);

}  // namespace eid::suite
