// SPDX-License-Identifier: Apache-2.0
// The documents of a registration: what was declared (its dossier) and what was found about it (its
// verification). They are most of a row, and few of those who load one look into them: where it is
// stored they are bytes beside the registration, and who needs them unpacks the row.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

// Brings the documents of a row that was loaded into its registration. DATA_LOSS: they cannot be
// read.
absl::Status Unpack(RegistrationRow& row);

// While this lives, the row is as it is stored; then its documents are where they were.
class Packed {
 public:
  // `row` outlives this.
  explicit Packed(RegistrationRow& row);
  ~Packed();
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

 private:
  RegistrationRow& row_;
  std::unique_ptr<dossier::v1::Dossier> dossier_;
  std::unique_ptr<verification::v1::Verification> verification_;
};

// What was found is here, packed or not.
bool HasConcluded(const RegistrationRow& row);

}  // namespace eid::org_registration
