// SPDX-License-Identifier: Apache-2.0
#include "services/identity/validate.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/codes/personal_id.h"
#include "common/codes/secrets.h"
#include "common/codes/text_field.h"
#include "common/crypto/keys.h"
#include "common/crypto/password.h"
#include "common/dossier/organization_keys.h"
#include "common/status/violations.h"
#include "services/identity/fields.h"

namespace eid::identity {
namespace {

using namespace policy::v1;  // NOLINT: the reasons of fields, in a file that is about little else

constexpr size_t kMaxToken = 8192;
constexpr int kMaxFactors = 4;
constexpr size_t kMaxChallengeId = 128;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kMaxPublicKey = 256;
constexpr size_t kMaxCoRepresentatives = 20;
constexpr size_t kDigestBytes = 32;

void CheckCode(const v1::OneTimeCode& answer, const std::string& path, Violations& violations) {
  codes::Collect(codes::CheckText(answer.challenge_id(), 1, kMaxChallengeId),
                 Nested(path, "challenge_id"), violations);
  CheckDigits(answer.code(), 6, Nested(path, "code"), violations);
}

void CheckSignature(const v1::DeviceSignature& answer, const std::string& path,
                    Violations& violations) {
  codes::Collect(codes::CheckText(answer.challenge_id(), 1, kMaxChallengeId),
                 Nested(path, "challenge_id"), violations);
  if (answer.signature().empty()) {
    violations.Add(Nested(path, "signature"), FIELD_REASON_REQUIRED, "Must be set.");
  } else if (answer.signature().size() != kSignatureBytes) {
    violations.Add(Nested(path, "signature"), FIELD_REASON_MALFORMED, "Must be 64 bytes.");
  }
}

void CheckFactor(const v1::Factor& factor, const std::string& path, Violations& violations) {
  switch (factor.proof_case()) {
    case v1::Factor::kPassword:
      // Whether it could be anybody's password is not said here: it is wrong, or it is right.
      if (factor.password().empty()) {
        violations.Add(Nested(path, "password"), FIELD_REASON_REQUIRED, "Must be set.");
      } else if (factor.password().size() > crypto::kMaxPasswordBytes) {
        violations.Add(Nested(path, "password"), FIELD_REASON_TOO_LONG, "At most 1,024 bytes.");
      }
      return;
    case v1::Factor::kPasscode:
      return CheckDigits(factor.passcode(), 6, Nested(path, "passcode"), violations);
    case v1::Factor::kOneTimeCode:
      return CheckCode(factor.one_time_code(), Nested(path, "one_time_code"), violations);
    case v1::Factor::kDeviceSignature:
      return CheckSignature(factor.device_signature(), Nested(path, "device_signature"),
                            violations);
    case v1::Factor::PROOF_NOT_SET: break;
  }
  violations.Add(path, FIELD_REASON_REQUIRED, "Must hold a proof.");
}

template <class Factors>
void CheckFactors(const Factors& factors, Violations& violations) {
  if (factors.empty()) violations.Add("factors", FIELD_REASON_REQUIRED, "At least one.");
  if (factors.size() > kMaxFactors) {
    violations.Add("factors", FIELD_REASON_TOO_MANY, "At most four.");
    return;
  }
  std::set<int> seen;
  for (int i = 0; i < factors.size(); ++i) {
    const std::string path = Indexed("factors", static_cast<size_t>(i));
    CheckFactor(factors[i], path, violations);
    const int kind = factors[i].proof_case();
    if (kind != v1::Factor::PROOF_NOT_SET && !seen.insert(kind).second) {
      violations.Add(path, FIELD_REASON_DUPLICATE, "Each kind of proof at most once.");
    }
  }
}

void CheckToken(const std::string& token, absl::string_view field, Violations& violations) {
  if (token.empty()) {
    violations.Add(field, FIELD_REASON_REQUIRED, "Must be set.");
  } else if (token.size() > kMaxToken) {
    violations.Add(field, FIELD_REASON_TOO_LONG, "At most 8,192 characters.");
  }
}

void CheckDeviceKey(const std::string& key, Violations& violations) {
  if (key.empty()) return;
  if (key.size() > kMaxPublicKey) {
    violations.Add("device_public_key", FIELD_REASON_TOO_LONG, "At most 256 bytes.");
  } else if (!crypto::PublicKey::FromSpki(key).ok()) {
    violations.Add("device_public_key", FIELD_REASON_MALFORMED,
                   "Must be the SubjectPublicKeyInfo (DER) of an Ed25519 or P-256 key.");
  }
}

}  // namespace

absl::Status Validate(const v1::CreateChallengeRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations);
  CheckEnum(request.kind(), v1::ChallengeKind_IsValid(request.kind()), false, "kind", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::LoginRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations);
  CheckFactors(request.factors(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::StepUpRequest& request) {
  Violations violations;
  CheckFactors(request.factors(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ActAsRequest& request) {
  Violations violations;
  CheckOptionalId(request.organization_id(), "organization_id", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::RefreshTokenRequest& request) {
  Violations violations;
  CheckToken(request.refresh_token(), "refresh_token", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::RevokeTokenRequest& request) {
  Violations violations;
  CheckToken(request.token(), "token", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::IntrospectTokenRequest& request) {
  Violations violations;
  CheckToken(request.token(), "token", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::EnrollAccountRequest& request, absl::CivilDay today) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckPerson({.personal_id = request.personal_id(),
               .full_name = request.full_name(),
               .birth_date = request.birth_date(),
               .phone = request.phone(),
               .email = request.email()},
              today, violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ActivateAccountRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations);
  if (request.has_proof()) {
    CheckCode(request.proof(), "proof", violations);
  } else {
    violations.Add("proof", FIELD_REASON_REQUIRED, "Must be set.");
  }
  codes::Collect(codes::CheckPassword(request.password()), "password", violations);
  codes::Collect(codes::CheckPasscode(request.passcode()), "passcode", violations);
  CheckDeviceKey(request.device_public_key(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::GetAccountRequest& request) {
  Violations violations;
  CheckOptionalId(request.account_id(), "account_id", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ListAccountsRequest& request) {
  Violations violations;
  CheckEnum(request.state(), v1::Account::State_IsValid(request.state()), true, "state",
            violations);
  if (!request.personal_id().empty()) {
    codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations);
  }
  CheckPage(request.page_size(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::GetOrganizationRequest& request) {
  Violations violations;
  CheckId(request.organization_id(), "organization_id", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ListOrganizationsRequest& request) {
  Violations violations;
  CheckEnum(request.state(), v1::Organization::State_IsValid(request.state()), true, "state",
            violations);
  CheckPage(request.page_size(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ActivateOrganizationRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.organization_id(), "organization_id", violations);
  CheckOptionalId(request.etag(), "etag", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ReopenActivationRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.organization_id(), "organization_id", violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::EnsureOrganizationRequest& request) {
  Violations violations;
  CheckId(request.registration_id(), "registration_id", violations);
  if (!request.has_dossier()) {
    violations.Add("dossier", FIELD_REASON_REQUIRED, "Must be set.");
  } else if (dossier::OrganizationKeys(request.dossier()).empty()) {
    violations.Add("dossier", FIELD_REASON_INCONSISTENT,
                   "Needs a tax code, an agency code, or a name and an establishment decision.");
  }
  if (request.dossier_digest().size() != kDigestBytes) {
    violations.Add(
        "dossier_digest",
        request.dossier_digest().empty() ? FIELD_REASON_REQUIRED : FIELD_REASON_MALFORMED,
        "Must be 32 bytes.");
  }
  CheckId(request.representative_account_id(), "representative_account_id", violations);
  const auto& others = request.co_representative_account_ids();
  // Who is named twice, or is the representative too, counts once.
  std::set<std::string> distinct(others.begin(), others.end());
  distinct.erase(request.representative_account_id());
  if (distinct.size() > kMaxCoRepresentatives) {
    violations.Add("co_representative_account_ids", FIELD_REASON_TOO_MANY, "At most 20.");
    return ToStatus(violations);
  }
  for (int i = 0; i < others.size(); ++i) {
    CheckId(others[i], Indexed("co_representative_account_ids", static_cast<size_t>(i)),
            violations);
  }
  return ToStatus(violations);
}

absl::Status Validate(const v1::GrantRoleRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.account_id(), "account_id", violations);
  CheckRole(request.role(), false, violations);
  CheckUnit(request.unit_code(), true, violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::RevokeRoleRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.account_id(), "account_id", violations);
  CheckRole(request.role(), false, violations);
  return ToStatus(violations);
}

absl::Status Validate(const v1::ListOfficersRequest& request) {
  Violations violations;
  CheckRole(request.role(), true, violations);
  CheckPage(request.page_size(), violations);
  return ToStatus(violations);
}

absl::Status Validate(const Bootstrap& bootstrap, absl::CivilDay today) {
  Violations violations;
  CheckPerson({.personal_id = bootstrap.personal_id(),
               .full_name = bootstrap.full_name(),
               .birth_date = bootstrap.birth_date(),
               .phone = bootstrap.phone(),
               .email = bootstrap.email()},
              today, violations);
  CheckUnit(bootstrap.unit_code(), false, violations);
  return ToStatus(violations);
}

}  // namespace eid::identity
