// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/documents.h"

#include <string>

#include "common/kv/part.h"
#include "common/status/macros.h"

namespace eid::org_registration {

using v1::Registration;

absl::Status Unpack(RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  // There is always one, even if nothing is declared yet.
  RETURN_IF_ERROR(kv::UnpackPart(*row.mutable_dossier(), *registration.mutable_dossier()));
  if (row.verification().empty()) return absl::OkStatus();
  return kv::UnpackPart(*row.mutable_verification(), *registration.mutable_verification());
}

Packed::Packed(RegistrationRow& row) : row_(row) {
  Registration& registration = *row.mutable_registration();
  if (registration.has_dossier()) {
    row.set_dossier(registration.dossier().SerializeAsString());
    dossier_.reset(registration.release_dossier());
  }
  if (registration.has_verification()) {
    row.set_verification(registration.verification().SerializeAsString());
    verification_.reset(registration.release_verification());
  }
}

Packed::~Packed() {
  Registration& registration = *row_.mutable_registration();
  if (dossier_ != nullptr) {
    registration.set_allocated_dossier(dossier_.release());
    row_.clear_dossier();
  }
  if (verification_ != nullptr) {
    registration.set_allocated_verification(verification_.release());
    row_.clear_verification();
  }
}

bool HasConcluded(const RegistrationRow& row) {
  // Only what has concluded is kept.
  return !row.verification().empty() || row.registration().verification().state() ==
                                            verification::v1::Verification::STATE_CONCLUDED;
}

}  // namespace eid::org_registration
