// SPDX-License-Identifier: Apache-2.0
#include "services/approval/decide.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/timestamp.h"
#include "common/status/enum_text.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {
namespace {

using Case = v1::Case;

bool IsDecision(Verb verb) { return verb == Verb::kApprove || verb == Verb::kReject; }
bool IsExamination(Verb verb) {
  return verb == Verb::kClaim || verb == Verb::kRelease || verb == Verb::kRequestSupplement;
}

absl::Status CheckRole(Verb verb, const Officer& officer) {
  if (IsExamination(verb) && !officer.is_reviewer) {
    return Error(absl::StatusCode::kPermissionDenied, policy::v1::COMMON_REASON_PERMISSION_DENIED,
                 "This needs the role of a reviewer.");
  }
  if (IsDecision(verb) && !officer.is_approver) {
    return Error(absl::StatusCode::kPermissionDenied, policy::v1::COMMON_REASON_PERMISSION_DENIED,
                 "This needs the role of an approver.");
  }
  return absl::OkStatus();
}

absl::Status Conflict(absl::string_view why) {
  return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_CONFLICT_OF_INTEREST, why);
}

// Separation of duties (Decree 69/2024 Art. 12). Giving a case back is never a conflict.
absl::Status CheckConflict(Verb verb, const CaseRow& row, const Officer& officer) {
  if (!IsDecision(verb) && verb != Verb::kClaim && verb != Verb::kRequestSupplement)
    return absl::OkStatus();
  if (IsParty(row.case_(), officer.account_id))
    return Conflict("The officer filed this case or consented to it.");
  if (!IsDecision(verb)) return absl::OkStatus();
  const auto& examiners = row.examiner_account_ids();
  if (officer.account_id == row.case_().reviewer_account_id() ||
      std::find(examiners.begin(), examiners.end(), officer.account_id) != examiners.end()) {
    return Conflict("The officer examined this case; another person must decide it.");
  }
  return absl::OkStatus();
}

std::vector<Case::State> AllowedStates(Verb verb) {
  switch (verb) {
    case Verb::kClaim:
    case Verb::kRelease: return {Case::STATE_OPEN, Case::STATE_CLAIMED};
    case Verb::kRequestSupplement:
    case Verb::kApprove:
    case Verb::kReject: return {Case::STATE_CLAIMED};
    case Verb::kClose: return {Case::STATE_SUPPLEMENT_REQUESTED, Case::STATE_CLOSED};
    case Verb::kReopen: return {Case::STATE_SUPPLEMENT_REQUESTED};
  }
  return {};
}

absl::Status CheckState(Verb verb, const Case& c) {
  const std::vector<Case::State> allowed = AllowedStates(verb);
  if (std::find(allowed.begin(), allowed.end(), c.state()) != allowed.end())
    return absl::OkStatus();
  const std::string state = ShortName(c.state());
  const std::string names = absl::StrJoin(
      allowed, ",", [](std::string* out, Case::State s) { absl::StrAppend(out, ShortName(s)); });
  const std::string message = absl::StrCat("The case is ", state, "; this needs ", names, ".");
  return WithPrecondition(Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_WRONG_STATE,
                                message, {{"state", state}, {"allowed", names}}),
                          "STATE", c.case_id(), message);
}

absl::Status CheckHolder(Verb verb, const Case& c, const Officer& officer) {
  if (!IsExamination(verb) || c.state() != Case::STATE_CLAIMED ||
      c.reviewer_account_id() == officer.account_id) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kAborted, v1::ERROR_REASON_CLAIMED_BY_OTHER,
               "Another reviewer holds the case.");
}

}  // namespace

absl::Status May(Verb verb, const CaseRow& row, const Officer& officer) {
  RETURN_IF_ERROR(CheckRole(verb, officer));
  RETURN_IF_ERROR(CheckConflict(verb, row, officer));
  RETURN_IF_ERROR(CheckState(verb, row.case_()));
  return CheckHolder(verb, row.case_(), officer);
}

absl::Status CheckEtag(const Case& case_, absl::string_view etag) {
  if (case_.etag() == etag) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH,
               "The case has changed since it was read.");
}

absl::Status CheckConclusive(const Case& case_, absl::string_view note) {
  if (case_.verification().result() == verification::v1::VERIFICATION_RESULT_MATCH || !note.empty())
    return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_VERIFICATION_NOT_CONCLUSIVE,
               "The verification did not end in a match; a note must say why this is approved.");
}

bool IsParty(const Case& case_, absl::string_view account_id) {
  const auto& consenting = case_.consenting_account_ids();
  return case_.applicant_account_id() == account_id ||
         std::find(consenting.begin(), consenting.end(), account_id) != consenting.end();
}

bool IsFinal(Case::State state) {
  return state == Case::STATE_APPROVED || state == Case::STATE_REJECTED ||
         state == Case::STATE_CLOSED;
}

bool LapseClaim(CaseRow& row, absl::Time now) {
  if (row.case_().state() != Case::STATE_CLAIMED ||
      now < FromTimestamp(row.case_().lease_expire_time())) {
    return false;
  }
  Release(row);
  return true;
}

Case Present(CaseRow row, absl::Time now) {
  BringUpTo(now, row);
  return std::move(*row.mutable_case_());
}

void BringUpTo(absl::Time now, CaseRow& row) {
  LapseClaim(row, now);
  v1::Clock& clock = *row.mutable_case_()->mutable_clock();
  clock.set_mark(MarkAt(clock, now));
}

void Claim(CaseRow& row, absl::string_view reviewer, absl::Time lease_expire_time) {
  Case& c = *row.mutable_case_();
  c.set_state(Case::STATE_CLAIMED);
  c.set_reviewer_account_id(std::string(reviewer));
  *c.mutable_lease_expire_time() = ToTimestamp(lease_expire_time);
  const auto& examiners = row.examiner_account_ids();
  if (std::find(examiners.begin(), examiners.end(), reviewer) == examiners.end())
    row.add_examiner_account_ids(std::string(reviewer));
}

void Release(CaseRow& row) {
  Case& c = *row.mutable_case_();
  c.set_state(Case::STATE_OPEN);
  c.clear_reviewer_account_id();
  c.clear_lease_expire_time();
}

void RequestSupplement(CaseRow& row, org_registration::v1::SupplementRequest request,
                       absl::Time now) {
  Case& c = *row.mutable_case_();
  c.set_state(Case::STATE_SUPPLEMENT_REQUESTED);
  c.clear_lease_expire_time();
  *c.mutable_supplement_request() = std::move(request);
  StopClock(*c.mutable_clock(), now);
}

void Decide(CaseRow& row, v1::Decision decision, absl::Time now) {
  Case& c = *row.mutable_case_();
  c.set_state(decision.outcome() == v1::OUTCOME_APPROVED ? Case::STATE_APPROVED
                                                         : Case::STATE_REJECTED);
  c.clear_lease_expire_time();
  *c.mutable_decision() = std::move(decision);
  StopClock(*c.mutable_clock(), now);
}

void Close(CaseRow& row, absl::Time now) {
  row.mutable_case_()->set_state(Case::STATE_CLOSED);
  StopClock(*row.mutable_case_()->mutable_clock(), now);
}

void Reopen(CaseRow& row, Case submission) {
  Release(row);
  Case& c = *row.mutable_case_();
  c.set_submission_number(submission.submission_number());
  *c.mutable_dossier() = std::move(*submission.mutable_dossier());
  c.set_dossier_digest(submission.dossier_digest());
  *c.mutable_verification() = std::move(*submission.mutable_verification());
  *c.mutable_consenting_account_ids() = std::move(*submission.mutable_consenting_account_ids());
  *c.mutable_clock() = std::move(*submission.mutable_clock());
  row.set_announced_mark(v1::CLOCK_MARK_RUNNING);
}

}  // namespace eid::approval
