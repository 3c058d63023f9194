// SPDX-License-Identifier: Apache-2.0
// Whether a dossier is well-formed, and whether it is complete. Pure: the form alone, no register is
// asked (a difference from a register is a matter of verification).
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/status/violations.h"
#include "eid/dossier/v1/dossier.pb.h"

namespace eid::org_registration {

enum class Completeness {
  // What is there must be well-formed, each field for itself.
  kDraft,
  // All that the category needs must be there (Decree 69/2024 Art. 6 and 12), and agree.
  kSubmission,
};

// Adds everything that is wrong, with paths from "dossier". The dossier is Canonical. `today` is the
// day at UTC+7.
void CheckDossier(const dossier::v1::Dossier& dossier, absl::CivilDay today,
                  Completeness completeness, Violations& violations);

// Whether it is the code of a province or city (Decision 19/2025/QĐ-TTg), in force since 2025-07-01.
bool IsProvinceCode(absl::string_view code);

}  // namespace eid::org_registration
