// SPDX-License-Identifier: Apache-2.0
#include "services/approval/validate.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/codes/code_error.h"
#include "common/codes/file_code.h"
#include "common/codes/text_field.h"
#include "common/kv/mutation.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/dossier_fields.h"

namespace eid::approval {
namespace {

using policy::v1::COMMON_REASON_INVALID_REQUEST;

constexpr size_t kDigestSize = 32;

void CheckId(absl::string_view value, absl::string_view field, Violations& violations) {
  codes::Collect(codes::CheckText(value, 1, kMaxIdLength), field, violations);
}

void CheckText(const type::v1::LocalizedText& text, size_t max, absl::string_view field,
               Violations& violations) {
  codes::Collect(codes::CheckParagraphs(text.vi(), 1, max), Nested(field, "vi"), violations);
  codes::Collect(codes::CheckParagraphs(text.en(), 0, max), Nested(field, "en"), violations);
}

template <class Request>
absl::Status CheckCaseId(const Request& request) {
  Violations violations;
  CheckId(request.case_id(), "case_id", violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

template <class Request>
absl::Status CheckRequestAndCaseId(const Request& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.case_id(), "case_id", violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

void CheckItems(const v1::RequestSupplementRequest& request, Violations& violations) {
  if (request.items().empty())
    violations.Add("items", policy::v1::FIELD_REASON_REQUIRED, "Must name at least one field.");
  if (request.items_size() > kMaxSupplementItems) {
    violations.Add("items", policy::v1::FIELD_REASON_TOO_MANY,
                   absl::StrCat("Must be at most ", kMaxSupplementItems, " items."));
    return;
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.items_size(); ++i) {
    const org_registration::v1::SupplementItem& item = request.items(i);
    const std::string path = Indexed("items", i);
    if (item.field().empty()) {
      violations.Add(Nested(path, "field"), policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
    } else if (FindDossierField(item.field()) == nullptr) {
      violations.Add(Nested(path, "field"), policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                     "Must be a field of the dossier, as in \"names\" or \"contact.email\".");
    } else if (!seen.insert(item.field()).second) {
      violations.Add(Nested(path, "field"), policy::v1::FIELD_REASON_DUPLICATE,
                     "Each field at most once.");
    }
    CheckText(item.message(), kMaxItemMessageLength, Nested(path, "message"), violations);
  }
}

template <class Enum>
void CheckEnum(Enum value, bool (*is_valid)(int), bool required, absl::string_view field,
               Violations& violations) {
  if (!is_valid(value)) {
    violations.Add(field, policy::v1::FIELD_REASON_UNKNOWN_VALUE, "Must be a known value.");
  } else if (required && static_cast<int>(value) == 0) {
    violations.Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  }
}

void CheckDossier(const v1::EnsureCaseRequest& request, Violations& violations) {
  if (!request.has_dossier())
    violations.Add("dossier", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  if (request.dossier_digest().size() != kDigestSize) {
    violations.Add("dossier_digest", policy::v1::FIELD_REASON_MALFORMED, "Must be 32 bytes.");
  } else if (request.has_dossier() && request.dossier_digest() != kv::DigestOf(request.dossier())) {
    // A decision is signed over the digest of exactly what the officers are shown.
    violations.Add("dossier_digest", policy::v1::FIELD_REASON_INCONSISTENT,
                   "Must be the SHA-256 of the dossier.");
  }
}

void CheckVerification(const v1::EnsureCaseRequest& request, Violations& violations) {
  using verification::v1::Verification;
  if (!request.has_verification()) {
    violations.Add("verification", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
    return;
  }
  const Verification& verification = request.verification();
  if (verification.state() != Verification::STATE_CONCLUDED) {
    violations.Add("verification.state", policy::v1::FIELD_REASON_INCONSISTENT,
                   "Must be concluded.");
  }
  CheckEnum(verification.result(), verification::v1::VerificationResult_IsValid, true,
            "verification.result", violations);
  CheckEnum(verification.deadline_class(), verification::v1::DeadlineClass_IsValid, true,
            "verification.deadline_class", violations);
  if (verification.dossier_digest() != request.dossier_digest()) {
    violations.Add("verification.dossier_digest", policy::v1::FIELD_REASON_INCONSISTENT,
                   "Must be of the same dossier.");
  }
}

void CheckPeople(const v1::EnsureCaseRequest& request, Violations& violations) {
  CheckId(request.applicant_account_id(), "applicant_account_id", violations);
  if (request.consenting_account_ids_size() > kMaxConsentingAccounts) {
    violations.Add("consenting_account_ids", policy::v1::FIELD_REASON_TOO_MANY,
                   absl::StrCat("Must be at most ", kMaxConsentingAccounts, "."));
    return;
  }
  for (int i = 0; i < request.consenting_account_ids_size(); ++i) {
    CheckId(request.consenting_account_ids(i), Indexed("consenting_account_ids", i), violations);
  }
}

}  // namespace

absl::Status Validate(const v1::ListCasesRequest& request) {
  Violations violations;
  CheckEnum(request.state(), v1::Case::State_IsValid, false, "state", violations);
  CheckEnum(request.category(), dossier::v1::OrganizationCategory_IsValid, false, "category",
            violations);
  CheckEnum(request.clock_mark(), v1::ClockMark_IsValid, false, "clock_mark", violations);
  if (!request.reviewer_account_id().empty())
    CheckId(request.reviewer_account_id(), "reviewer_account_id", violations);
  if (request.has_due_before_time() && !IsValid(request.due_before_time())) {
    violations.Add("due_before_time", policy::v1::FIELD_REASON_OUT_OF_RANGE,
                   "Must be within the years 1 to 9999.");
  }
  if (request.page_size() < 0) {
    violations.Add("page_size", policy::v1::FIELD_REASON_OUT_OF_RANGE, "Must not be negative.");
  }
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

absl::Status Validate(const v1::GetCaseRequest& request) { return CheckCaseId(request); }
absl::Status Validate(const v1::ExplainCaseRequest& request) { return CheckCaseId(request); }
absl::Status Validate(const v1::CloseCaseRequest& request) { return CheckCaseId(request); }
absl::Status Validate(const v1::ClaimCaseRequest& request) {
  return CheckRequestAndCaseId(request);
}
absl::Status Validate(const v1::ReleaseCaseRequest& request) {
  return CheckRequestAndCaseId(request);
}

absl::Status Validate(const v1::RequestSupplementRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.case_id(), "case_id", violations);
  CheckId(request.etag(), "etag", violations);
  CheckItems(request, violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

absl::Status Validate(const v1::ApproveCaseRequest& request) {
  Violations violations;
  if (!request.validate_only() || !request.request_id().empty())
    CheckId(request.request_id(), "request_id", violations);
  CheckId(request.case_id(), "case_id", violations);
  CheckId(request.etag(), "etag", violations);
  codes::Collect(codes::CheckParagraphs(request.note(), 0, kMaxNoteLength), "note", violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

absl::Status Validate(const v1::RejectCaseRequest& request) {
  Violations violations;
  CheckId(request.request_id(), "request_id", violations);
  CheckId(request.case_id(), "case_id", violations);
  CheckId(request.etag(), "etag", violations);
  CheckEnum(request.reason(), v1::RefusalReason_IsValid, true, "reason", violations);
  CheckText(request.explanation(), kMaxNoteLength, "explanation", violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

absl::Status Validate(const v1::EnsureCaseRequest& request, absl::Time now) {
  Violations violations;
  CheckId(request.case_id(), "case_id", violations);
  if (request.submission_number() < 1) {
    violations.Add("submission_number", policy::v1::FIELD_REASON_OUT_OF_RANGE,
                   "Must be at least 1.");
  }
  codes::Collect(codes::CheckFileCode(request.file_code()), "file_code", violations);
  CheckDossier(request, violations);
  CheckVerification(request, violations);
  CheckPeople(request, violations);
  if (!request.has_receive_time()) {
    violations.Add("receive_time", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (!IsValid(request.receive_time()) ||
             FromTimestamp(request.receive_time()) > now + kMaxClockSkew) {
    violations.Add("receive_time", policy::v1::FIELD_REASON_OUT_OF_RANGE,
                   "Must be a time that has been.");
  }
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

absl::Status Validate(const v1::MarkNotificationReadRequest& request) {
  Violations violations;
  CheckId(request.notification_id(), "notification_id", violations);
  return violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
}

}  // namespace eid::approval
