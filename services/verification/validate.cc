// SPDX-License-Identifier: Apache-2.0
#include "services/verification/validate.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/personal_id.h"
#include "common/codes/text_field.h"
#include "common/kv/mutation.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::verification {
namespace {

using policy::v1::FIELD_REASON_INCONSISTENT;
using policy::v1::FIELD_REASON_MALFORMED;
using policy::v1::FIELD_REASON_OUT_OF_RANGE;
using policy::v1::FIELD_REASON_REQUIRED;
using policy::v1::FIELD_REASON_UNKNOWN_VALUE;

constexpr size_t kMaxIdLength = 80;
constexpr size_t kMaxRequestIdLength = 64;
constexpr size_t kDigestLength = 32;
constexpr size_t kMaxPersonName = 100;

absl::Status Done(const Violations& violations) {
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

void CheckDate(const google::type::Date& date, absl::string_view field, Violations& violations) {
  codes::Collect(codes::CheckDate(date.year(), date.month(), date.day()), field, violations);
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
  const bool has_id = codes::Collect(codes::CheckText(request.verification_id(), 1, kMaxIdLength),
                                     "verification_id", violations);
  const bool has_registration = codes::Collect(
      codes::CheckText(request.registration_id(), 1, kMaxIdLength), "registration_id", violations);
  if (has_id && has_registration && !IsIdOf(request.verification_id(), request.registration_id())) {
    violations.Add("verification_id", FIELD_REASON_INCONSISTENT,
                   "It is the registration_id, a dot, and the number of the submission.");
  }
  if (!request.has_dossier()) {
    violations.Add("dossier", FIELD_REASON_REQUIRED, "A dossier is required.");
  }
  if (request.dossier_digest().size() != kDigestLength) {
    violations.Add("dossier_digest", FIELD_REASON_MALFORMED, "A SHA-256 has 32 bytes.");
  } else if (request.has_dossier() && request.dossier_digest() != kv::DigestOf(request.dossier())) {
    violations.Add("dossier_digest", FIELD_REASON_INCONSISTENT, "It is the dossier's SHA-256.");
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
  if (request.page_size() < 0) {
    violations.Add("page_size", FIELD_REASON_OUT_OF_RANGE, "Must not be negative.");
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
