// SPDX-License-Identifier: Apache-2.0
#include "services/verification/validate.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/codes/agency_code.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/personal_id.h"
#include "common/codes/tax_code.h"
#include "common/codes/text_field.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/verification/verdicts.h"

namespace eid::verification {
namespace {

using policy::v1::FIELD_REASON_INCONSISTENT;
using policy::v1::FIELD_REASON_MALFORMED;
using policy::v1::FIELD_REASON_REQUIRED;
using policy::v1::FIELD_REASON_TOO_MANY;
using policy::v1::FIELD_REASON_UNKNOWN_VALUE;

constexpr size_t kMaxIdLength = 80;
constexpr size_t kMaxRequestIdLength = 64;
constexpr size_t kDigestLength = 32;
constexpr int kMaxCoRepresentatives = 20;
constexpr size_t kMaxPersonName = 100;
constexpr size_t kMaxOrganizationName = 300;
constexpr size_t kMaxDecision = 100;

absl::Status Done(const Violations& violations) {
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

void CheckDate(const google::type::Date& date, absl::string_view field, Violations& violations) {
  codes::Collect(codes::CheckDate(date.year(), date.month(), date.day()), field, violations);
}

void CheckPersonOf(const dossier::v1::Representative& person, absl::string_view path,
                   Violations& violations) {
  codes::Collect(codes::CheckPersonalId(person.personal_id()), Nested(path, "personal_id"),
                 violations);
  codes::Collect(codes::CheckText(person.full_name(), 2, kMaxPersonName), Nested(path, "full_name"),
                 violations);
  CheckDate(person.birth_date(), Nested(path, "birth_date"), violations);
}

void CheckKey(const dossier::v1::Dossier& dossier, Violations& violations) {
  const absl::string_view key = KeyField(dossier);
  if (key == "tax_code") {
    codes::Collect(codes::CheckTaxCode(dossier.tax_code()), "dossier.tax_code", violations);
  } else if (key == "agency_code") {
    codes::Collect(codes::CheckAgencyCode(dossier.agency_code()), "dossier.agency_code",
                   violations);
  } else {
    codes::Collect(codes::CheckText(dossier.establishment_decision(), 1, kMaxDecision),
                   "dossier.establishment_decision", violations);
  }
}

void CheckDossier(const dossier::v1::Dossier& dossier, Violations& violations) {
  if (dossier.category() == dossier::v1::ORGANIZATION_CATEGORY_UNSPECIFIED) {
    violations.Add("dossier.category", FIELD_REASON_REQUIRED, "A category is required.");
  } else if (!dossier::v1::OrganizationCategory_IsValid(dossier.category())) {
    violations.Add("dossier.category", FIELD_REASON_UNKNOWN_VALUE, "No such category.");
  }
  codes::Collect(codes::CheckText(dossier.names().vietnamese(), 1, kMaxOrganizationName),
                 "dossier.names.vietnamese", violations);
  CheckKey(dossier, violations);
  CheckPersonOf(dossier.representative(), "dossier.representative", violations);
  if (dossier.co_representatives_size() > kMaxCoRepresentatives) {
    violations.Add("dossier.co_representatives", FIELD_REASON_TOO_MANY,
                   "At most 20 other representatives.");
    return;
  }
  for (int i = 0; i < dossier.co_representatives_size(); ++i) {
    CheckPersonOf(dossier.co_representatives(i),
                  Indexed("dossier.co_representatives", static_cast<size_t>(i)), violations);
  }
}

bool IsIdOf(absl::string_view verification_id, absl::string_view registration_id) {
  const std::string prefix = absl::StrCat(registration_id, ".");
  if (!absl::ConsumePrefix(&verification_id, prefix)) return false;
  int submission = 0;
  return absl::SimpleAtoi(verification_id, &submission) && submission > 0 &&
         absl::StrCat(submission) == verification_id;
}

}  // namespace

absl::Status Validate(const v1::EnsureVerificationRequest& request) {
  Violations violations;
  const bool has_ids = codes::Collect(codes::CheckText(request.verification_id(), 1, kMaxIdLength),
                                      "verification_id", violations) &
                       codes::Collect(codes::CheckText(request.registration_id(), 1, kMaxIdLength),
                                      "registration_id", violations);
  if (has_ids && !IsIdOf(request.verification_id(), request.registration_id())) {
    violations.Add("verification_id", FIELD_REASON_INCONSISTENT,
                   "It is the registration_id, a dot, and the number of the submission.");
  }
  if (request.dossier_digest().size() != kDigestLength) {
    violations.Add("dossier_digest", FIELD_REASON_MALFORMED, "A SHA-256 has 32 bytes.");
  }
  if (!request.has_dossier()) {
    violations.Add("dossier", FIELD_REASON_REQUIRED, "A dossier is required.");
  } else {
    CheckDossier(request.dossier(), violations);
  }
  return Done(violations);
}

absl::Status Validate(const v1::GetVerificationRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckText(request.verification_id(), 1, kMaxIdLength), "verification_id",
                 violations);
  return Done(violations);
}

absl::Status Validate(const v1::ListVerificationsRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckText(request.registration_id(), 0, kMaxIdLength), "registration_id",
                 violations);
  if (!v1::Verification::State_IsValid(request.state())) {
    violations.Add("state", FIELD_REASON_UNKNOWN_VALUE, "No such state.");
  }
  return Done(violations);
}

absl::Status Validate(const v1::RetryVerificationRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckText(request.request_id(), 1, kMaxRequestIdLength), "request_id",
                 violations);
  codes::Collect(codes::CheckText(request.verification_id(), 1, kMaxIdLength), "verification_id",
                 violations);
  return Done(violations);
}

absl::Status Validate(const v1::CheckPersonRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations);
  codes::Collect(codes::CheckText(request.full_name(), 2, kMaxPersonName), "full_name", violations);
  CheckDate(request.birth_date(), "birth_date", violations);
  if (!request.phone().empty()) {
    codes::Collect(codes::CheckPhone(request.phone()), "phone", violations);
  }
  return Done(violations);
}

}  // namespace eid::verification
