// SPDX-License-Identifier: Apache-2.0
// The documents of a case: what was declared (its dossier) and what was found about it (its
// verification). They are most of a row, and few of those who load one look into them: where it is
// stored they are bytes beside the case, and who needs them unpacks the row.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "services/approval/storage.pb.h"

namespace eid::approval {

// Brings the documents of a row that was loaded into its case. DATA_LOSS: they cannot be read.
absl::Status Unpack(CaseRow& row);

// While this lives, the row is as it is stored; then its documents are where they were.
class Packed {
 public:
  // `row` outlives this.
  explicit Packed(CaseRow& row);
  ~Packed();
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

 private:
  CaseRow& row_;
  std::unique_ptr<dossier::v1::Dossier> dossier_;
  std::unique_ptr<verification::v1::Verification> verification_;
};

// The dossier's, packed or not.
dossier::v1::OrganizationCategory CategoryOf(const CaseRow& row);

}  // namespace eid::approval
