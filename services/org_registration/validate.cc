// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/validate.h"

#include "common/codes/file_code.h"
#include "common/codes/text_field.h"
#include "common/crypto/keys.h"
#include "common/status/violations.h"
#include "services/org_registration/dossier_check.h"
#include "services/org_registration/dossier_fields.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;

constexpr size_t kMaxId = 64;
constexpr size_t kDigestBytes = 32;
constexpr size_t kSignatureBytes = 64;

absl::Status Result(const Violations& violations) {
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

void CheckId(absl::string_view field, const std::string& value, Violations& violations) {
  codes::Collect(codes::CheckText(value, 1, kMaxId), field, violations);
}

template <class Request>
void CheckMutation(const Request& request, Violations& violations) {
  CheckId("request_id", request.request_id(), violations);
  CheckId("registration_id", request.registration_id(), violations);
}

// Empty: whichever version it is.
void CheckEtagText(const std::string& etag, Violations& violations) {
  if (!etag.empty()) CheckId("etag", etag, violations);
}

// What the mask takes of the dossier. The rest of it counts for nothing.
void CheckValues(const google::protobuf::FieldMask& mask, const Dossier& values,
                 absl::CivilDay today, Violations& violations) {
  Violations masks;
  CheckMask(mask, masks);
  if (!masks.empty()) return CheckMask(mask, violations);
  Dossier taken;
  TakeFields(mask, values, taken);
  CheckDossier(taken, today, Completeness::kDraft, violations);
}

void CheckBytes(absl::string_view field, const std::string& value, size_t size,
                absl::string_view description, Violations& violations) {
  if (value.empty()) {
    violations.Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (value.size() != size) {
    violations.Add(field, policy::v1::FIELD_REASON_MALFORMED, description);
  }
}

}  // namespace

absl::Status Validate(const v1::CreateRegistrationRequest& request, absl::CivilDay today) {
  Violations violations;
  CheckId("request_id", request.request_id(), violations);
  CheckDossier(request.dossier(), today, Completeness::kDraft, violations);
  return Result(violations);
}

absl::Status Validate(const v1::UpdateRegistrationRequest& request, absl::CivilDay today) {
  Violations violations;
  CheckMutation(request, violations);
  CheckEtagText(request.etag(), violations);
  CheckValues(request.update_mask(), request.dossier(), today, violations);
  return Result(violations);
}

absl::Status Validate(const v1::GetRegistrationRequest& request) {
  Violations violations;
  CheckId("registration_id", request.registration_id(), violations);
  return Result(violations);
}

absl::Status Validate(const v1::ListRegistrationsRequest& request) {
  Violations violations;
  if (!v1::Registration::State_IsValid(request.state())) {
    violations.Add("state", policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                   "Must be a value of the contract.");
  }
  if (request.page_size() < 0) {
    violations.Add("page_size", policy::v1::FIELD_REASON_OUT_OF_RANGE, "Must not be negative.");
  }
  return Result(violations);
}

absl::Status Validate(const v1::SubmitRegistrationRequest& request) {
  Violations violations;
  if (!request.validate_only() || !request.request_id().empty()) {
    CheckId("request_id", request.request_id(), violations);
  }
  CheckId("registration_id", request.registration_id(), violations);
  CheckEtagText(request.etag(), violations);
  if (!request.declaration_accepted()) {
    violations.Add("declaration_accepted", policy::v1::FIELD_REASON_REQUIRED,
                   "The declaration that all data is true must be accepted.");
  }
  return Result(violations);
}

absl::Status Validate(const v1::ConsentToRegistrationRequest& request) {
  Violations violations;
  CheckMutation(request, violations);
  CheckBytes("dossier_digest", request.dossier_digest(), kDigestBytes, "Must be 32 bytes.",
             violations);
  CheckBytes("signature", request.signature(), kSignatureBytes, "Must be 64 bytes.", violations);
  if (request.public_key().empty()) {
    violations.Add("public_key", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (!crypto::PublicKey::FromSpki(request.public_key()).ok()) {
    violations.Add("public_key", policy::v1::FIELD_REASON_MALFORMED,
                   "Must be the SubjectPublicKeyInfo (DER) of an Ed25519 or a P-256 key.");
  }
  return Result(violations);
}

absl::Status Validate(const v1::SupplementRegistrationRequest& request, absl::CivilDay today) {
  Violations violations;
  CheckMutation(request, violations);
  CheckEtagText(request.etag(), violations);
  // Nothing in the mask: nothing changes.
  if (!request.update_mask().paths().empty()) {
    CheckValues(request.update_mask(), request.dossier(), today, violations);
  }
  return Result(violations);
}

absl::Status Validate(const v1::WithdrawRegistrationRequest& request) {
  Violations violations;
  CheckMutation(request, violations);
  CheckEtagText(request.etag(), violations);
  return Result(violations);
}

absl::Status Validate(const v1::GetStatusRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckFileCode(request.file_code()), "file_code", violations);
  return Result(violations);
}

}  // namespace eid::org_registration
