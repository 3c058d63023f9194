// SPDX-License-Identifier: Apache-2.0
// The rules of a registration and its state machine. Pure: no store, no clock, no RPC.
//
//   DRAFT --submit--> AWAITING_CONSENT --last consent--> VERIFYING --> UNDER_REVIEW --> ISSUING --> ISSUED
//   (where nobody else must consent, submit leads to VERIFYING at once)
//   AWAITING_CONSENT --update--> DRAFT               first submission
//   AWAITING_CONSENT --update--> SUPPLEMENT_REQUIRED  answer to a supplement request
//   UNDER_REVIEW --> SUPPLEMENT_REQUIRED --supplement--> AWAITING_CONSENT | VERIFYING
//   UNDER_REVIEW --> REJECTED
//   DRAFT, AWAITING_CONSENT, SUPPLEMENT_REQUIRED --withdraw--> WITHDRAWN, --time--> EXPIRED
//
// What people do is decided here; what the workflow does, in steps.h. Every change of state goes
// through Enter, so owner and timer are always right.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

// How long a registration waits for people.
struct Periods {
  absl::Duration draft = absl::Hours(24 * 30);
  absl::Duration consent = absl::Hours(24 * 30);
  absl::Duration supplement = absl::Hours(24 * 30);
};

// When the workflow looks at a file that was handed over, unless it was told of it (Filing): it is told
// at once. When it looks again if a step moved nothing.
inline constexpr absl::Duration kFirstPause = absl::Seconds(1);

// When something happens, and by which periods.
struct Moment {
  absl::Time now;
  Periods periods = {};
};

// The day at UTC+7, Vietnam's time all year.
absl::CivilDay DayOf(absl::Time time);

// A person as identity knows them.
struct Person {
  std::string account_id;
  std::string personal_id;
  // In use, neither locked nor waiting for activation.
  bool active = false;
  int level = 0;
};

// What people may do with a registration.
enum class Verb { kUpdate, kSubmit, kConsent, kSupplement, kWithdraw };

bool Allows(v1::Registration::State state, Verb verb);
bool IsFinal(v1::Registration::State state);
v1::Owner OwnerOf(v1::Registration::State state);

// FAILED_PRECONDITION WRONG_STATE unless the state allows it.
absl::Status Require(const v1::Registration& registration, Verb verb);

// Moves to a state: sets owner and timer, forgets the problems of the state before.
void Enter(RegistrationRow& row, v1::Registration::State state, const Moment& moment);

// A new draft. The dossier is canonical; it is digested here, so this is better not done where others
// wait: Begin sets another beginning.
RegistrationRow Draft(std::string registration_id, std::string account_id,
                      dossier::v1::Dossier dossier, const Moment& moment);
void Begin(RegistrationRow& draft, const Moment& moment);

// Takes the fields of the mask from `values` (canonical). False: nothing changed, and nothing was
// done. In AWAITING_CONSENT every consent is void, and the registration goes back to where it was
// submitted from; what was submitted as a supplement may change in the fields asked for only, until
// the time to answer is over.
// Errors: WRONG_STATE, INVALID_REQUEST.
absl::StatusOr<bool> Update(RegistrationRow& row, const google::protobuf::FieldMask& mask,
                            const dossier::v1::Dossier& values, const Moment& moment);

// Whether the registration may be submitted, its applicant apart. Errors: WRONG_STATE,
// INVALID_REQUEST (every field that is missing or wrong).
absl::Status CheckSubmission(const v1::Registration& registration, const Moment& moment);

// Whether this person may file the dossier (Decree 69/2024 Art. 12). Errors: ACCOUNT_NOT_ACTIVE,
// APPLICANT_NOT_REPRESENTATIVE.
absl::Status CheckApplicant(const dossier::v1::Dossier& dossier, const Person& person);

// Submits what has passed both checks and has its file code.
void Submit(RegistrationRow& row, const Moment& moment);

// Adds the consent of the representative that it names, whose signature is right; the last one
// completes the file. False: it was given before. Errors: WRONG_STATE, DOSSIER_CHANGED.
absl::StatusOr<bool> Consent(RegistrationRow& row, dossier::v1::Consent consent,
                             const Moment& moment);

// The dossier as the answer to a supplement request makes it; an empty mask changes nothing.
// Errors: WRONG_STATE; INVALID_REQUEST for a field that was not asked for, and for an incomplete
// dossier.
absl::StatusOr<dossier::v1::Dossier> Supplemented(const RegistrationRow& row,
                                                  const google::protobuf::FieldMask& mask,
                                                  const dossier::v1::Dossier& values,
                                                  const Moment& moment);

// Answers with a dossier that was Supplemented and has passed CheckApplicant. It may be the one
// that was sent back (the register may have been put right); consents to it stand.
void Supplement(RegistrationRow& row, dossier::v1::Dossier dossier, const Moment& moment);

// False: it was withdrawn before. Errors: WRONG_STATE.
absl::StatusOr<bool> Withdraw(RegistrationRow& row, const Moment& moment);

// ABORTED ETAG_MISMATCH, if the caller said which version is meant and it is another one.
absl::Status CheckEtag(const RegistrationRow& row, absl::string_view etag);

// NOT_FOUND REGISTRATION_NOT_FOUND, the same for what is not there and what is somebody else's.
absl::Status NotFound();

}  // namespace eid::org_registration
