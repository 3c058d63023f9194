// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "eid/dossier/v1/dossier.pb.h"

// What every service that carries a dossier must see alike.
namespace eid::dossier {

// Every identity that an organization declares: its tax code, its agency code, and its name with the
// decision of establishment. Two dossiers that share one are of the same organization, which has one
// account (Decree 69/2024 Art. 7) and one registration under way. Codes may be left out of a
// dossier, so all that are there count, not the first one. Names are compared as registers compare
// them (common/text). Empty where nothing is declared that could identify it.
std::vector<std::string> OrganizationKeys(const v1::Dossier& dossier);

}  // namespace eid::dossier
