// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/steps.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/timestamp.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/documents.h"

namespace eid::org_registration {
namespace {

using approval::v1::Case;
using identity::v1::Organization;
using v1::Registration;
using verification::v1::Verification;

absl::string_view NameOf(Peer peer) {
  switch (peer) {
    case PEER_VERIFICATION: return "verification";
    case PEER_APPROVAL: return "approval";
    case PEER_IDENTITY: return "identity";
    default: return "nobody";
  }
}

// Says why a look did not move the registration. True if that is news.
bool SetProblem(RegistrationRow& row, std::string problem) {
  if (row.registration().last_problem() == problem) return false;
  row.mutable_registration()->set_last_problem(std::move(problem));
  return true;
}

void LookAgainAfter(absl::Duration pause, const Moment& moment, RegistrationRow& row) {
  row.set_looks(row.looks() + 1);
  *row.mutable_due_time() = ToTimestamp(moment.now + pause);
}

// The answer was good, the time has not come: look again, less and less often. `news`: something
// that people see changed with it.
bool NotYet(bool news, std::string problem, const Moment& moment, RegistrationRow& row) {
  row.clear_away();
  news = SetProblem(row, std::move(problem)) || news;
  if (news) row.set_looks(0);
  const uint32_t doublings = std::min<uint32_t>(row.looks(), 20);
  LookAgainAfter(std::min(kFirstPause * (int64_t{1} << doublings), kLongestPause), moment, row);
  return news;
}

bool Failed(Peer peer, const absl::Status& status, const Moment& moment, RegistrationRow& row) {
  if (IsTransient(status)) {
    const bool news = SetProblem(
        row, absl::StrCat("The ", NameOf(peer), " service cannot be reached; it is asked again."));
    row.set_away(peer);
    const uint32_t doublings = std::min<uint32_t>(row.looks(), 20);
    LookAgainAfter(std::min(kFirstPause * (int64_t{1} << doublings), kLongestPause), moment, row);
    return news;
  }
  // Its text may hold what must not be shown; its reason is enough for whoever has to look into it.
  row.clear_away();
  LookAgainAfter(kLongestPause, moment, row);
  return SetProblem(
      row, absl::StrCat("The ", NameOf(peer), " service refused the step: ",
                        absl::StatusCodeToString(status.code()), " ", ReasonOf(status), "."));
}

// A peer answered about something else than it was asked for: a fault that time may not heal.
bool Odd(absl::string_view what, const Moment& moment, RegistrationRow& row) {
  row.clear_away();
  LookAgainAfter(kLongestPause, moment, row);
  return SetProblem(row, std::string(what));
}

constexpr absl::string_view kCaseClosed = "The authority's case is closed.";

std::string RegistriesAway(const Verification& verification) {
  std::set<std::string> names;
  for (const verification::v1::Lookup& lookup : verification.lookups()) {
    if (lookup.outcome() == verification::v1::LOOKUP_OUTCOME_UNAVAILABLE) {
      names.insert(lookup.registry_id());
    }
  }
  if (names.empty()) return "";
  return absl::StrCat(
      "Waits for a registry that cannot be reached now: ", absl::StrJoin(names, ", "), ".");
}

bool HasOtherDueTime(const Case& c, const Registration& registration) {
  if (!c.clock().has_due_time()) return false;
  return !registration.has_due_time() ||
         FromTimestamp(registration.due_time()) != FromTimestamp(c.clock().due_time());
}

bool SetDueTime(const Case& c, Registration& registration) {
  if (!HasOtherDueTime(c, registration)) return false;
  *registration.mutable_due_time() = c.clock().due_time();
  return true;
}

// What was found about this submission.
bool IsOf(const Verification& verification, const Registration& registration) {
  return verification.verification_id() == VerificationId(registration) &&
         verification.dossier_digest() == registration.dossier_digest();
}

// The authority's case as this submission made it.
bool IsOf(const Case& c, const Registration& registration) {
  return c.submission_number() == registration.submission_number() &&
         c.dossier_digest() == registration.dossier_digest();
}

// The authority has it, and has said nothing yet.
bool IsPending(const Case& c) {
  return c.state() == Case::STATE_OPEN || c.state() == Case::STATE_CLAIMED;
}

void AskForSupplement(const Case& c, const Moment& moment, RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  Enter(row, Registration::STATE_SUPPLEMENT_REQUIRED, moment);
  // The clock stands still until the file is complete again.
  registration.clear_due_time();
  *row.mutable_supplement() = c.supplement_request();
  *row.mutable_supplement()->mutable_expire_time() = row.due_time();
  *registration.mutable_supplement_request() = row.supplement();
}

void Refuse(const Case& c, const Moment& moment, RegistrationRow& row) {
  Enter(row, Registration::STATE_REJECTED, moment);
  v1::Refusal& refusal = *row.mutable_registration()->mutable_refusal();
  refusal.set_reason(ShortName(c.decision().refusal_reason()));
  *refusal.mutable_text() = c.decision().refusal_text();
  *refusal.mutable_explanation() = c.decision().explanation();
  *refusal.mutable_refuse_time() = c.decision().decide_time();
}

}  // namespace

Step NextStep(const RegistrationRow& row, absl::Time now) {
  switch (row.registration().state()) {
    case Registration::STATE_DRAFT:
    case Registration::STATE_AWAITING_CONSENT:
    case Registration::STATE_SUPPLEMENT_REQUIRED:
      return FromTimestamp(row.due_time()) <= now ? Step::kExpire : Step::kNone;
    case Registration::STATE_VERIFYING:
      return HasConcluded(row) ? Step::kEnsureCase : Step::kEnsureVerification;
    case Registration::STATE_UNDER_REVIEW: return Step::kEnsureCase;
    case Registration::STATE_ISSUING: return Step::kEnsureOrganization;
    case Registration::STATE_WITHDRAWN:
    case Registration::STATE_EXPIRED:
      return row.close_case_pending() ? Step::kCloseCase : Step::kNone;
    default: return Step::kNone;
  }
}

Peer PeerOf(Step step) {
  switch (step) {
    case Step::kEnsureVerification: return PEER_VERIFICATION;
    case Step::kEnsureCase:
    case Step::kCloseCase: return PEER_APPROVAL;
    case Step::kEnsureOrganization: return PEER_IDENTITY;
    case Step::kNone:
    case Step::kExpire: break;
  }
  return PEER_UNSPECIFIED;
}

std::string VerificationId(const Registration& registration) {
  return absl::StrCat(registration.registration_id(), ".", registration.submission_number());
}

verification::v1::EnsureVerificationRequest VerificationRequest(RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  verification::v1::EnsureVerificationRequest request;
  request.set_verification_id(VerificationId(registration));
  request.set_registration_id(registration.registration_id());
  *request.mutable_dossier() = std::move(*registration.mutable_dossier());
  request.set_dossier_digest(registration.dossier_digest());
  return request;
}

approval::v1::EnsureCaseRequest CaseRequest(RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  approval::v1::EnsureCaseRequest request;
  request.set_case_id(registration.registration_id());
  request.set_submission_number(registration.submission_number());
  request.set_file_code(registration.file_code());
  request.set_dossier_digest(registration.dossier_digest());
  request.set_applicant_account_id(registration.applicant_account_id());
  for (std::string& account_id : ConsentingAccounts(registration)) {
    request.add_consenting_account_ids(std::move(account_id));
  }
  *request.mutable_receive_time() = registration.receive_time();
  *request.mutable_verification() = std::move(*registration.mutable_verification());
  *request.mutable_dossier() = std::move(*registration.mutable_dossier());
  return request;
}

identity::v1::EnsureOrganizationRequest OrganizationRequest(RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  identity::v1::EnsureOrganizationRequest request;
  request.set_registration_id(registration.registration_id());
  request.set_dossier_digest(registration.dossier_digest());
  request.set_representative_account_id(RepresentativeAccount(registration));
  for (std::string& account_id : CoRepresentativeAccounts(registration)) {
    request.add_co_representative_account_ids(std::move(account_id));
  }
  *request.mutable_dossier() = std::move(*registration.mutable_dossier());
  return request;
}

approval::v1::CloseCaseRequest ClosingRequest(const RegistrationRow& row) {
  approval::v1::CloseCaseRequest request;
  request.set_case_id(row.registration().registration_id());
  return request;
}

bool Apply(absl::StatusOr<Verification> answer, const Moment& moment, RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  if (!answer.ok()) return Failed(PEER_VERIFICATION, answer.status(), moment, row);
  if (!IsOf(*answer, registration)) {
    return Odd("The verification is not one of this dossier.", moment, row);
  }
  if (answer->state() != Verification::STATE_CONCLUDED) {
    return NotYet(false, RegistriesAway(*answer), moment, row);
  }
  *registration.mutable_verification() = *std::move(answer);
  // Under review is what the authority has in its queue: the next step puts it there.
  Enter(row, Registration::STATE_VERIFYING, moment);
  return true;
}

bool Apply(const absl::StatusOr<Case>& answer, const Moment& moment, RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  if (!answer.ok()) return Failed(PEER_APPROVAL, answer.status(), moment, row);
  row.set_case_opened(true);
  if (!IsOf(*answer, registration)) {
    return Odd("The authority's case is of another submission.", moment, row);
  }
  bool news = SetDueTime(*answer, registration);
  if (registration.state() == Registration::STATE_VERIFYING) {
    Enter(row, Registration::STATE_UNDER_REVIEW, moment);
    // One state at a time: a decision that was quicker than this answer is for the next look.
    if (!IsPending(*answer)) return true;
    news = true;
  }
  switch (answer->state()) {
    case Case::STATE_OPEN:
    case Case::STATE_CLAIMED: return NotYet(news, "", moment, row);
    case Case::STATE_SUPPLEMENT_REQUESTED: AskForSupplement(*answer, moment, row); return true;
    case Case::STATE_APPROVED: Enter(row, Registration::STATE_ISSUING, moment); return true;
    case Case::STATE_REJECTED: Refuse(*answer, moment, row); return true;
    default: return Odd(kCaseClosed, moment, row);
  }
}

bool Apply(const absl::StatusOr<Organization>& answer, const Moment& moment, RegistrationRow& row) {
  Registration& registration = *row.mutable_registration();
  if (!answer.ok()) return Failed(PEER_IDENTITY, answer.status(), moment, row);
  if (answer->registration_id() != registration.registration_id()) {
    return Odd("The account is not one of this registration.", moment, row);
  }
  registration.set_organization_id(answer->organization_id());
  Enter(row, Registration::STATE_ISSUED, moment);
  return true;
}

bool ApplyClosed(const absl::StatusOr<Case>& answer, const Moment& moment, RegistrationRow& row) {
  if (!answer.ok() && !absl::IsNotFound(answer.status())) {
    return Failed(PEER_APPROVAL, answer.status(), moment, row);
  }
  row.set_close_case_pending(false);
  row.clear_due_time();
  row.clear_away();
  row.set_looks(0);
  return SetProblem(row, "");
}

bool Expire(const Moment& moment, RegistrationRow& row) {
  Enter(row, Registration::STATE_EXPIRED, moment);
  return true;
}

Peer PeerOf(const News& news) {
  return std::holds_alternative<Case>(news) ? PEER_APPROVAL : PEER_VERIFICATION;
}

const std::string& RegistrationOf(const News& news) {
  if (const auto* c = std::get_if<Case>(&news)) return c->case_id();
  return std::get<Verification>(news).registration_id();
}

bool IsAwaited(const Verification& verification, const RegistrationRow& row) {
  const Registration& registration = row.registration();
  return registration.state() == Registration::STATE_VERIFYING && !HasConcluded(row) &&
         IsOf(verification, registration);
}

bool IsAwaited(const Case& c, const RegistrationRow& row) {
  const Registration& registration = row.registration();
  const bool waits = registration.state() == Registration::STATE_UNDER_REVIEW ||
                     (registration.state() == Registration::STATE_VERIFYING && HasConcluded(row));
  return waits && IsOf(c, registration);
}

bool IsNews(const Verification& verification, const RegistrationRow& row) {
  if (!IsAwaited(verification, row)) return false;
  return verification.state() == Verification::STATE_CONCLUDED ||
         RegistriesAway(verification) != row.registration().last_problem();
}

bool IsNews(const Case& c, const RegistrationRow& row) {
  if (!IsAwaited(c, row)) return false;
  const Registration& registration = row.registration();
  if (registration.state() == Registration::STATE_VERIFYING) return true;
  if (IsPending(c)) return !registration.last_problem().empty() || HasOtherDueTime(c, registration);
  return c.state() != Case::STATE_CLOSED || registration.last_problem() != kCaseClosed;
}

bool IsNews(const News& news, const RegistrationRow& row) {
  return std::visit([&](const auto& thing) { return IsNews(thing, row); }, news);
}

bool ApplyNews(News news, const Moment& moment, RegistrationRow& row) {
  return std::visit(
      [&]<class Thing>(Thing& thing) {
        return Apply(absl::StatusOr<Thing>(std::move(thing)), moment, row);
      },
      news);
}

bool Spoilt(const Moment& moment, RegistrationRow& row) {
  return Odd("What is stored of the registration cannot be read.", moment, row);
}

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal: return true;
    default: return false;
  }
}

}  // namespace eid::org_registration
