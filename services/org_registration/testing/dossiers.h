// SPDX-License-Identifier: Apache-2.0
// Dossiers of fictional organizations, for tests.
#pragma once

#include <string>

#include "eid/dossier/v1/dossier.pb.h"

namespace eid::org_registration::testing {

// Valid personal numbers; the n-th co-representative's is CoRepresentativeId(n).
inline constexpr char kApplicantId[] = "001090123456";
inline constexpr char kEnterpriseTaxCode[] = "0100109106";
inline constexpr char kOtherTaxCode[] = "0312687878";
inline constexpr char kBranchTaxCode[] = "0314409058-002";
std::string CoRepresentativeId(int n);

dossier::v1::Representative CoRepresentative(int n);

// Complete, well-formed and canonical, of the category; with so many co-representatives.
dossier::v1::Dossier ValidDossier(
    dossier::v1::OrganizationCategory category = dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE,
    int co_representatives = 0);

// The same of an enterprise, filed by somebody whom the representative, CoRepresentative(kAuthorizer),
// authorized.
inline constexpr int kAuthorizer = 900;
dossier::v1::Dossier AuthorizedDossier(int co_representatives = 0);

}  // namespace eid::org_registration::testing
