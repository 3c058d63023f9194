// SPDX-License-Identifier: Apache-2.0
// Whose consent a registration needs, and whose it has (Decree 69/2024 Art. 12). Pure.
//
// A representative is named by their index in the dossier: that of a co-representative, or
// kRepresentative. All co-representatives consent; the representative files, or consents to the
// filing of a person whom they authorized. Nobody's filing counts as a consent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"

namespace eid::org_registration {

// Dossier.representative (Consent.representative_index).
inline constexpr int kRepresentative = -1;

// Whether the applicant files with the representative's authorization (người được ủy quyền).
bool IsAuthorized(const dossier::v1::Dossier& dossier);

// Which of those who must consent the person is; nullopt: none of them.
std::optional<int> ConsenterIndex(const dossier::v1::Dossier& dossier,
                                  absl::string_view personal_id);

// Personal numbers of those who must consent to the dossier as it stands and have not.
std::vector<std::string> MissingConsents(const v1::Registration& registration);

// Whether those who must consent see the registration: once it has been submitted to them.
bool IsShownToConsenters(const v1::Registration& registration);

// Accounts of those who consented, each once.
std::vector<std::string> ConsentingAccounts(const v1::Registration& registration);

// Account of the representative: the applicant's, or that of the one who consented to the filing of
// an authorized person. Empty while that consent is missing.
std::string RepresentativeAccount(const v1::Registration& registration);

// Accounts of the co-representatives who consented, each once, the representative's not among them.
std::vector<std::string> CoRepresentativeAccounts(const v1::Registration& registration);

}  // namespace eid::org_registration
