// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/applicant.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "tests/crash/suite/requests.h"

namespace eid::crash {
namespace {

using approval::v1::ApprovalService;
using approval::v1::Case;
using identity::v1::OrganizationService;
using org_registration::v1::RegistrationService;

}  // namespace

Applicant::Applicant(Shared shared, suite::Person& person, Crew& crew, int lane, uint64_t seed)
    : shared_(shared),
      person_(person),
      applicant_(person, absl::StrCat("applicant", lane), shared.journal, shared.patience, seed),
      reviewer_(*crew.reviewer, absl::StrCat("reviewer", lane), shared.journal, shared.patience,
                seed + 1),
      approver_(*crew.approver, absl::StrCat("approver", lane), shared.journal, shared.patience,
                seed + 2),
      rival_(*crew.rival, absl::StrCat("rival", lane), shared.journal, shared.patience, seed + 3),
      examiner_(*crew.examiner, absl::StrCat("examiner", lane), shared.journal, shared.patience,
                seed + 4),
      random_(seed + 5),
      taken_(lane) {}

void Applicant::Run(const std::atomic<bool>& stopping) {
  while (!stopping && !shared_.journal.violated()) {
    const int wanted = shared_.wanted_kind;
    // In turn, so that a short run has some of each.
    const Kind kind = static_cast<Kind>(wanted >= 0 ? wanted : taken_++ % kKinds);
    const absl::Status status = TakeOneThrough(kind);
    if (status.ok() || absl::IsCancelled(status) || shared_.journal.violated()) continue;
    // What a service refuses is a violation already: this is the run's own.
    shared_.journal.Violate(Invariant::kHarness,
                            absl::StrCat("an applicant did not get through: ", status.message()));
  }
}

absl::Status Applicant::TakeOneThrough(Kind kind) {
  const bool wrong_at_first = kind == Kind::kCorrected || kind == Kind::kWithdrawn;
  ASSIGN_OR_RETURN(dossier::v1::Dossier dossier, NewOrganization());
  const std::string right_name = dossier.names().vietnamese();
  if (wrong_at_first) dossier.mutable_names()->set_vietnamese("Công ty TNHH Viết Nhầm");
  Story story = {.registration_id = {},
                 .applicant_account_id = person_.account_id(),
                 .applicant_phone = person_.data().phone,
                 .kind = kind};
  RETURN_IF_ERROR(File(dossier, story).status());
  RETURN_IF_ERROR(AwaitReview(story.registration_id, !wrong_at_first));
  if (wrong_at_first) RETURN_IF_ERROR(SendBack(story));
  if (kind == Kind::kWithdrawn) return Withdraw(story);
  if (kind == Kind::kCorrected) RETURN_IF_ERROR(Correct(right_name, story));
  return Decide(story);
}

absl::StatusOr<dossier::v1::Dossier> Applicant::NewOrganization() {
  const registry::v1::OrganizationRecord record =
      OrganizationOf(person_.data(), shared_.arena.NewTaxCode());
  RETURN_IF_ERROR(shared_.arena.world().outside().PutOrganization(record));
  return suite::DossierOf(record, person_.data());
}

absl::StatusOr<Registration> Applicant::File(const dossier::v1::Dossier& dossier, Story& story) {
  ASSIGN_OR_RETURN(
      const Registration created,
      applicant_.Change(*person_.registrations, &RegistrationService::Stub::CreateRegistration,
                        CreationOf(dossier)));
  story.registration_id = created.registration_id();
  shared_.ledger.Put(story);
  shared_.sightings.See("asked", created);
  ASSIGN_OR_RETURN(
      const Registration submitted,
      applicant_.Change(*person_.registrations, &RegistrationService::Stub::SubmitRegistration,
                        SubmissionOf(created)));
  // So that one that is a draft afterwards is known to have been lost.
  shared_.sightings.See("asked", submitted);
  story.file_code = submitted.file_code();
  story.submissions = 1;
  shared_.ledger.Put(story);
  return submitted;
}

absl::StatusOr<Registration> Applicant::Await(const std::string& id, Registration::State state) {
  const absl::Time give_up = absl::Now() + shared_.patience.total;
  org_registration::v1::GetRegistrationRequest get;
  get.set_registration_id(id);
  while (true) {
    // The stream says at once what changes; what it misses is found by asking.
    shared_.sightings.Await(id, {state}, absl::Seconds(1));
    ASSIGN_OR_RETURN(
        const Registration now,
        applicant_.Look(*person_.registrations, &RegistrationService::Stub::GetRegistration, get));
    shared_.sightings.See("asked", now);
    if (now.state() == state) return now;
    const std::string where = absl::StrCat(id, " is ", NameOf(PlaceOf(now)), ", not ",
                                           NameOf({now.submission_number(), state}));
    if (IsFinal(now.state())) {
      shared_.journal.Violate(Invariant::kPath, where);
      return absl::CancelledError(where);
    }
    if (absl::Now() > give_up) {
      shared_.journal.Violate(
          Invariant::kQuiet,
          absl::StrCat(where, ", after ", absl::FormatDuration(shared_.patience.total), ": ",
                       now.last_problem()));
      return absl::CancelledError(where);
    }
  }
}

absl::Status Applicant::AwaitReview(const std::string& id, bool as_registered) {
  ASSIGN_OR_RETURN(const Registration now, Await(id, Registration::STATE_UNDER_REVIEW));
  const auto wanted = as_registered ? verification::v1::VERIFICATION_RESULT_MATCH
                                    : verification::v1::VERIFICATION_RESULT_MISMATCH;
  if (now.verification().result() != wanted) {
    shared_.journal.Violate(
        Invariant::kFinding,
        absl::StrCat(id, " was found to be ",
                     verification::v1::VerificationResult_Name(now.verification().result()),
                     ", but the registers say ",
                     verification::v1::VerificationResult_Name(wanted)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Case> Applicant::Claim(Story& story) {
  const bool by_examiner = std::bernoulli_distribution(0.3)(random_);
  Caller& caller = by_examiner ? examiner_ : reviewer_;
  story.reviewer_account_id = caller.person().account_id();
  ASSIGN_OR_RETURN(const Case claimed,
                   caller.Change(*caller.person().cases, &ApprovalService::Stub::ClaimCase,
                                 ClaimOf(story.registration_id)));
  if (!by_examiner) return claimed;
  const absl::StatusOr<Case> decided = examiner_.Try(
      *examiner_.person().cases, &ApprovalService::Stub::ApproveCase, ApprovalOf(claimed));
  if (absl::IsCancelled(decided.status())) return decided;
  if (decided.ok() || !absl::StrContains(ReasonOf(decided.status()), "CONFLICT_OF_INTEREST")) {
    shared_.journal.Violate(Invariant::kDuties,
                            absl::StrCat(story.registration_id, " by who examined it: ",
                                         decided.ok() ? "approved" : ReasonOf(decided.status())));
  }
  return claimed;
}

absl::Status Applicant::SendBack(Story& story) {
  ASSIGN_OR_RETURN(const Case claimed, Claim(story));
  Caller& caller =
      story.reviewer_account_id == examiner_.person().account_id() ? examiner_ : reviewer_;
  RETURN_IF_ERROR(caller
                      .Change(*caller.person().cases, &ApprovalService::Stub::RequestSupplement,
                              SupplementRequestOf(claimed))
                      .status());
  return Await(story.registration_id, Registration::STATE_SUPPLEMENT_REQUIRED).status();
}

absl::Status Applicant::Correct(const std::string& right_name, Story& story) {
  ASSIGN_OR_RETURN(
      const Registration corrected,
      applicant_.Change(*person_.registrations, &RegistrationService::Stub::SupplementRegistration,
                        CorrectionOf(story.registration_id, right_name)));
  shared_.sightings.See("asked", corrected);
  story.submissions = 2;
  shared_.ledger.Put(story);
  return AwaitReview(story.registration_id, true);
}

absl::Status Applicant::Withdraw(Story& story) {
  ASSIGN_OR_RETURN(
      const Registration withdrawn,
      applicant_.Change(*person_.registrations, &RegistrationService::Stub::WithdrawRegistration,
                        WithdrawalOf(story.registration_id)));
  story.end = withdrawn.state();
  shared_.ledger.Put(story);
  return absl::OkStatus();
}

absl::Status Applicant::Decide(Story& story) {
  ASSIGN_OR_RETURN(const Case claimed, Claim(story));
  story.approver_account_id = approver_.person().account_id();
  if (story.kind == Kind::kContested) return Contest(claimed, story);
  if (story.kind == Kind::kRefused) {
    RETURN_IF_ERROR(approver_
                        .Change(*approver_.person().cases, &ApprovalService::Stub::RejectCase,
                                RefusalOf(claimed))
                        .status());
    return Collect(story.registration_id, story);
  }
  RETURN_IF_ERROR(approver_
                      .Change(*approver_.person().cases, &ApprovalService::Stub::ApproveCase,
                              ApprovalOf(claimed))
                      .status());
  return Collect(story.registration_id, story);
}

absl::Status Applicant::Contest(const Case& claimed, Story& story) {
  absl::StatusOr<Case> refused = absl::UnknownError("");
  std::thread rival([&] {
    refused =
        rival_.Try(*rival_.person().cases, &ApprovalService::Stub::RejectCase, RefusalOf(claimed));
  });
  const absl::StatusOr<Case> approved = approver_.Try(
      *approver_.person().cases, &ApprovalService::Stub::ApproveCase, ApprovalOf(claimed));
  rival.join();
  if (absl::IsCancelled(approved.status()) || absl::IsCancelled(refused.status())) {
    return absl::CancelledError("given up");
  }
  if (approved.ok() == refused.ok()) {
    shared_.journal.Violate(
        approved.ok() ? Invariant::kPath : Invariant::kResolved,
        absl::StrCat(story.registration_id, " was approved: ", approved.status().message(),
                     ", and refused: ", refused.status().message()));
    return absl::CancelledError("contested");
  }
  if (refused.ok()) story.kind = Kind::kRefused;
  return Collect(story.registration_id, story);
}

absl::Status Applicant::Collect(const std::string& id, Story& story) {
  // A contested one that was not refused was granted.
  const bool granted = story.kind != Kind::kRefused;
  shared_.ledger.Put(story);
  ASSIGN_OR_RETURN(const Registration end,
                   Await(id, granted ? Registration::STATE_ISSUED : Registration::STATE_REJECTED));
  if (end.file_code() != story.file_code) {
    shared_.journal.Violate(Invariant::kReadable, absl::StrCat(id, " has another file code"));
  }
  if (granted) {
    RETURN_IF_ERROR(applicant_
                        .Change(*person_.organizations,
                                &OrganizationService::Stub::ActivateOrganization,
                                ActivationOf(end.organization_id()))
                        .status());
    story.organization_id = end.organization_id();
  }
  story.end = end.state();
  shared_.ledger.Put(story);
  return absl::OkStatus();
}

}  // namespace eid::crash
