// SPDX-License-Identifier: Apache-2.0
#include "services/approval/documents.h"

#include "common/kv/part.h"
#include "common/status/macros.h"

namespace eid::approval {

absl::Status Unpack(CaseRow& row) {
  v1::Case& c = *row.mutable_case_();
  RETURN_IF_ERROR(kv::UnpackPart(*row.mutable_dossier(), *c.mutable_dossier()));
  return kv::UnpackPart(*row.mutable_verification(), *c.mutable_verification());
}

Packed::Packed(CaseRow& row) : row_(row) {
  v1::Case& c = *row.mutable_case_();
  if (c.has_dossier()) {
    row.set_dossier(c.dossier().SerializeAsString());
    row.set_category(c.dossier().category());
    dossier_.reset(c.release_dossier());
  }
  if (c.has_verification()) {
    row.set_verification(c.verification().SerializeAsString());
    verification_.reset(c.release_verification());
  }
}

Packed::~Packed() {
  v1::Case& c = *row_.mutable_case_();
  if (dossier_ != nullptr) {
    c.set_allocated_dossier(dossier_.release());
    row_.clear_dossier();
  }
  if (verification_ != nullptr) {
    c.set_allocated_verification(verification_.release());
    row_.clear_verification();
  }
}

dossier::v1::OrganizationCategory CategoryOf(const CaseRow& row) {
  return row.case_().has_dossier() ? row.case_().dossier().category() : row.category();
}

}  // namespace eid::approval
