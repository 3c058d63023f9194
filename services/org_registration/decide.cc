// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/decide.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/timestamp.h"
#include "common/dossier/organization_keys.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/dossier_check.h"
#include "services/org_registration/dossier_fields.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using google::protobuf::FieldMask;
using v1::Registration;

constexpr Registration::State kOpenStates[] = {Registration::STATE_DRAFT,
                                               Registration::STATE_AWAITING_CONSENT,
                                               Registration::STATE_VERIFYING,
                                               Registration::STATE_UNDER_REVIEW,
                                               Registration::STATE_SUPPLEMENT_REQUIRED,
                                               Registration::STATE_ISSUING};

void SetDossier(RegistrationRow& row, Dossier dossier) {
  Registration& registration = *row.mutable_registration();
  std::string digest = DigestOf(dossier);
  // Consents are to a digest; those to this one stand.
  if (digest == registration.dossier_digest()) return;
  registration.set_dossier_digest(std::move(digest));
  *registration.mutable_dossier() = std::move(dossier);
  registration.clear_consents();
}

// The file is complete: the statutory clock begins (Decree 69/2024 Art. 13).
void Complete(RegistrationRow& row, const Moment& moment) {
  *row.mutable_registration()->mutable_receive_time() = ToTimestamp(moment.now);
  row.clear_supplement();
  row.clear_organization_keys();
  for (std::string& key : dossier::OrganizationKeys(row.registration().dossier())) {
    row.add_organization_keys(std::move(key));
  }
  Enter(row, Registration::STATE_VERIFYING, moment);
  *row.mutable_due_time() = ToTimestamp(moment.now + kFirstPause);
}

// A new submission of the dossier: to those who must consent, or on at once.
void Hand(RegistrationRow& row, const Moment& moment) {
  Registration& registration = *row.mutable_registration();
  registration.set_submission_number(registration.submission_number() + 1);
  registration.clear_receive_time();
  registration.clear_due_time();
  registration.clear_verification();
  registration.clear_supplement_request();
  if (MissingConsents(registration).empty()) return Complete(row, moment);
  Enter(row, Registration::STATE_AWAITING_CONSENT, moment);
}

// An answer that waits for consent cannot be taken back once the time to answer is over: it would
// expire at that instant.
absl::Status RequireTime(const RegistrationRow& row, const Moment& moment) {
  const Registration& registration = row.registration();
  if (moment.now < FromTimestamp(row.supplement().expire_time())) return absl::OkStatus();
  return WithPrecondition(
      Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_WRONG_STATE,
            "The time to answer the supplement request is over; the answer cannot change any more.",
            {{"state", ShortName(registration.state())}, {"allowed", ""}}),
      "STATE", registration.registration_id(), "Wait for the consents, or withdraw.");
}

// Names what the mask would change without having been asked for. A mask that means everything is
// taken at its word: every field that differs.
void CheckOpen(const v1::SupplementRequest& asked, const FieldMask& mask, const Dossier& before,
               const Dossier& after, Violations& violations) {
  const std::vector<std::string> open = OpenPaths(asked);
  const auto refuse = [&](absl::string_view field) {
    violations.Add(field, policy::v1::FIELD_REASON_NOT_ALLOWED,
                   "Only the fields that were asked for may change.");
  };
  if (!IsWhole(mask)) {
    for (int i = 0; i < mask.paths_size(); ++i) {
      if (!IsOpen(open, mask.paths(i))) {
        refuse(Nested("update_mask", Indexed("paths", static_cast<size_t>(i))));
      }
    }
    return;
  }
  // What remains when the open fields are as they were.
  FieldMask back;
  for (const std::string& path : open) back.add_paths(path);
  Dossier rest = after;
  TakeFields(back, before, rest);
  if (DigestOf(rest) != DigestOf(before)) refuse("dossier");
}

// The merged dossier, checked.
absl::StatusOr<Dossier> Merged(const Dossier& before, const FieldMask& mask, const Dossier& values,
                               const v1::SupplementRequest* asked, Completeness completeness,
                               const Moment& moment) {
  Dossier after = before;
  TakeFields(mask, values, after);
  Violations violations;
  if (asked != nullptr) CheckOpen(*asked, mask, before, after, violations);
  CheckDossier(after, DayOf(moment.now), completeness, violations);
  RETURN_IF_ERROR(violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST));
  return after;
}

}  // namespace

absl::CivilDay DayOf(absl::Time time) {
  static const absl::TimeZone zone = absl::FixedTimeZone(7 * 60 * 60);
  return absl::ToCivilDay(time, zone);
}

bool Allows(Registration::State state, Verb verb) {
  switch (verb) {
    case Verb::kUpdate:
      return state == Registration::STATE_DRAFT || state == Registration::STATE_AWAITING_CONSENT;
    case Verb::kSubmit: return state == Registration::STATE_DRAFT;
    case Verb::kConsent: return state == Registration::STATE_AWAITING_CONSENT;
    case Verb::kSupplement: return state == Registration::STATE_SUPPLEMENT_REQUIRED;
    case Verb::kWithdraw:
      return state == Registration::STATE_DRAFT || state == Registration::STATE_AWAITING_CONSENT ||
             state == Registration::STATE_SUPPLEMENT_REQUIRED;
  }
  return false;
}

bool IsFinal(Registration::State state) { return OwnerOf(state) == v1::OWNER_UNSPECIFIED; }

v1::Owner OwnerOf(Registration::State state) {
  switch (state) {
    case Registration::STATE_DRAFT:
    case Registration::STATE_SUPPLEMENT_REQUIRED: return v1::OWNER_APPLICANT;
    case Registration::STATE_AWAITING_CONSENT: return v1::OWNER_CO_REPRESENTATIVES;
    case Registration::STATE_VERIFYING:
    case Registration::STATE_ISSUING: return v1::OWNER_SYSTEM;
    case Registration::STATE_UNDER_REVIEW: return v1::OWNER_AUTHORITY;
    default: return v1::OWNER_UNSPECIFIED;
  }
}

absl::Status Require(const Registration& registration, Verb verb) {
  if (Allows(registration.state(), verb)) return absl::OkStatus();
  std::vector<std::string> allowed;
  for (const Registration::State state : kOpenStates) {
    if (Allows(state, verb)) allowed.push_back(ShortName(state));
  }
  const std::string state = ShortName(registration.state());
  const std::string states = absl::StrJoin(allowed, ", ");
  return WithPrecondition(
      Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_WRONG_STATE,
            absl::StrCat("The registration is ", state, "; this needs ", states, "."),
            {{"state", state}, {"allowed", states}}),
      "STATE", registration.registration_id(), absl::StrCat("Must be ", states, "."));
}

void Enter(RegistrationRow& row, Registration::State state, const Moment& moment) {
  Registration& registration = *row.mutable_registration();
  registration.set_state(state);
  registration.set_owner(OwnerOf(state));
  registration.clear_last_problem();
  row.set_looks(0);
  row.clear_away();
  absl::Time due = moment.now;
  switch (state) {
    case Registration::STATE_DRAFT: due += moment.periods.draft; break;
    case Registration::STATE_AWAITING_CONSENT: due += moment.periods.consent; break;
    case Registration::STATE_SUPPLEMENT_REQUIRED: due += moment.periods.supplement; break;
    case Registration::STATE_WITHDRAWN:
    case Registration::STATE_EXPIRED: row.set_close_case_pending(row.case_opened()); break;
    default: break;
  }
  if (IsFinal(state)) registration.clear_supplement_request();
  if (IsFinal(state) && state != Registration::STATE_ISSUED) row.clear_organization_keys();
  if (IsFinal(state) && !row.close_case_pending()) return row.clear_due_time();
  *row.mutable_due_time() = ToTimestamp(due);
}

RegistrationRow Draft(std::string registration_id, std::string account_id, Dossier dossier,
                      const Moment& moment) {
  RegistrationRow row;
  Registration& registration = *row.mutable_registration();
  registration.set_registration_id(std::move(registration_id));
  registration.set_applicant_account_id(std::move(account_id));
  SetDossier(row, std::move(dossier));
  Begin(row, moment);
  return row;
}

void Begin(RegistrationRow& draft, const Moment& moment) {
  *draft.mutable_registration()->mutable_create_time() = ToTimestamp(moment.now);
  Enter(draft, Registration::STATE_DRAFT, moment);
}

absl::StatusOr<bool> Update(RegistrationRow& row, const FieldMask& mask, const Dossier& values,
                            const Moment& moment) {
  Registration& registration = *row.mutable_registration();
  RETURN_IF_ERROR(Require(registration, Verb::kUpdate));
  const bool supplement = row.has_supplement();
  ASSIGN_OR_RETURN(Dossier dossier,
                   Merged(registration.dossier(), mask, values,
                          supplement ? &row.supplement() : nullptr, Completeness::kDraft, moment));
  if (DigestOf(dossier) == registration.dossier_digest()) return false;
  if (supplement) RETURN_IF_ERROR(RequireTime(row, moment));
  SetDossier(row, std::move(dossier));
  if (registration.state() == Registration::STATE_AWAITING_CONSENT) {
    // That submission came to nothing; nobody outside has heard of it.
    registration.set_submission_number(registration.submission_number() - 1);
  }
  if (!supplement) {
    Enter(row, Registration::STATE_DRAFT, moment);
    return true;
  }
  Enter(row, Registration::STATE_SUPPLEMENT_REQUIRED, moment);
  // The time that the authority gave goes on; an edit gains none.
  *row.mutable_due_time() = row.supplement().expire_time();
  *registration.mutable_supplement_request() = row.supplement();
  return true;
}

absl::Status CheckSubmission(const Registration& registration, const Moment& moment) {
  RETURN_IF_ERROR(Require(registration, Verb::kSubmit));
  Violations violations;
  CheckDossier(registration.dossier(), DayOf(moment.now), Completeness::kSubmission, violations);
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

absl::Status CheckApplicant(const Dossier& dossier, const Person& person) {
  if (!person.active || person.level < 2) {
    return WithPrecondition(
        Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE,
              "The applicant's personal account is not an active one of level 2."),
        "ACCOUNT", person.account_id, "Must be active and of level 2.");
  }
  // Whoever files with the representative's written authorization; the representative consents.
  if (IsAuthorized(dossier)) return absl::OkStatus();
  if (dossier.representative().personal_id() == person.personal_id) return absl::OkStatus();
  return WithPrecondition(
      Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_APPLICANT_NOT_REPRESENTATIVE,
            "The applicant is not the representative whom the dossier names."),
      "REPRESENTATIVE", person.account_id,
      "Name the applicant as the representative, or file as an authorized person.");
}

void Submit(RegistrationRow& row, const Moment& moment) { Hand(row, moment); }

absl::StatusOr<bool> Consent(RegistrationRow& row, dossier::v1::Consent consent,
                             const Moment& moment) {
  Registration& registration = *row.mutable_registration();
  for (const dossier::v1::Consent& given : registration.consents()) {
    if (given.representative_index() == consent.representative_index() &&
        given.dossier_digest() == consent.dossier_digest()) {
      return false;
    }
  }
  RETURN_IF_ERROR(Require(registration, Verb::kConsent));
  if (consent.dossier_digest() != registration.dossier_digest()) {
    return WithPrecondition(
        Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_DOSSIER_CHANGED,
              "The dossier is not the one that was consented to."),
        "DOSSIER", registration.registration_id(), "Read it again, then consent to its digest.");
  }
  *consent.mutable_consent_time() = ToTimestamp(moment.now);
  *registration.add_consents() = std::move(consent);
  if (MissingConsents(registration).empty()) Complete(row, moment);
  return true;
}

absl::StatusOr<Dossier> Supplemented(const RegistrationRow& row, const FieldMask& mask,
                                     const Dossier& values, const Moment& moment) {
  const Registration& registration = row.registration();
  RETURN_IF_ERROR(Require(registration, Verb::kSupplement));
  // Here an empty mask means nothing, not everything.
  const Dossier& source = mask.paths().empty() ? registration.dossier() : values;
  return Merged(registration.dossier(), mask, source, &row.supplement(), Completeness::kSubmission,
                moment);
}

void Supplement(RegistrationRow& row, Dossier dossier, const Moment& moment) {
  SetDossier(row, std::move(dossier));
  Hand(row, moment);
}

absl::StatusOr<bool> Withdraw(RegistrationRow& row, const Moment& moment) {
  if (row.registration().state() == Registration::STATE_WITHDRAWN) return false;
  RETURN_IF_ERROR(Require(row.registration(), Verb::kWithdraw));
  Enter(row, Registration::STATE_WITHDRAWN, moment);
  return true;
}

absl::Status CheckEtag(const RegistrationRow& row, absl::string_view etag) {
  if (etag.empty() || etag == absl::StrCat(row.revision())) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH,
               "The registration was changed meanwhile; read it again.");
}

absl::Status NotFound() {
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_REGISTRATION_NOT_FOUND,
               "No such registration.");
}

}  // namespace eid::org_registration
