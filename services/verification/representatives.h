// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "eid/dossier/v1/dossier.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "services/verification/judge.h"
#include "services/verification/verdicts.h"

namespace eid::verification {

// The representatives of the dossier against those of a register (Decree 69/2024 Art. 12: the file is of a legal
// representative, and all others consent). Adds
//   "representative", "co_representatives[i]"   whether the register names the person: MATCH by the personal ID number;
//       REPRESENTATIVE_OLD_DOCUMENT by a document that the person had before; REPRESENTATIVE_DIFFERS
//   "….full_name"     the name that the register gives the person, when it names the person
//   "co_representatives"   REPRESENTATIVES_MISSING when the register names more people than were found and differ
// A register that names nobody has nothing to compare with. Pure.
void JudgeRepresentatives(const dossier::v1::Dossier& dossier,
                          const registry::v1::OrganizationRecord& record, const Findings& findings,
                          Judge& judge);

}  // namespace eid::verification
