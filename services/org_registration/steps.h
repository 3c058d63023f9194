// SPDX-License-Identifier: Apache-2.0
// What the workflow does with a registration: which step is next, what a peer is asked, what its
// answer changes, and what its news, which are the answer that it would give now. Pure: workflow.h
// makes the calls.
//
// Each step makes at most one call, which names what it makes after the registration, so a step that
// is taken again (after a crash, a lost answer, by two workers) changes nothing. An answer that moves
// nothing puts the next look off: kFirstPause, doubled with each look, at most kLongestPause.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/verification/v1/verification_service.pb.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

enum class Step {
  kNone,
  // Nobody acted in time.
  kExpire,
  kEnsureVerification,
  kEnsureCase,
  kEnsureOrganization,
  kCloseCase,
};

inline constexpr absl::Duration kLongestPause = absl::Minutes(5);

// The one legal next step of the workflow now. kExpire only when the time has come.
Step NextStep(const RegistrationRow& row, absl::Time now);

// Who is asked in a step; PEER_UNSPECIFIED: nobody.
Peer PeerOf(Step step);

// "<registration_id>.<submission_number>".
std::string VerificationId(const v1::Registration& registration);

// Of a row whose documents are unpacked: the dossier goes from the row to the request, in CaseRequest
// what was found about it too.
verification::v1::EnsureVerificationRequest VerificationRequest(RegistrationRow& row);
approval::v1::EnsureCaseRequest CaseRequest(RegistrationRow& row);
identity::v1::EnsureOrganizationRequest OrganizationRequest(RegistrationRow& row);
approval::v1::CloseCaseRequest ClosingRequest(const RegistrationRow& row);

// Each applies an answer to the row that asked. True: what people see changed.
bool Apply(absl::StatusOr<verification::v1::Verification> answer, const Moment& moment,
           RegistrationRow& row);
bool Apply(const absl::StatusOr<approval::v1::Case>& answer, const Moment& moment,
           RegistrationRow& row);
bool Apply(const absl::StatusOr<identity::v1::Organization>& answer, const Moment& moment,
           RegistrationRow& row);
// The answer to CloseCase.
bool ApplyClosed(const absl::StatusOr<approval::v1::Case>& answer, const Moment& moment,
                 RegistrationRow& row);
// DRAFT, AWAITING_CONSENT, SUPPLEMENT_REQUIRED -> EXPIRED.
bool Expire(const Moment& moment, RegistrationRow& row);

// What a watch tells: a verification or a case as its peer has it. It may be late, come twice or not
// at all, and be of what is over.
using News = std::variant<verification::v1::Verification, approval::v1::Case>;

Peer PeerOf(const News& news);
const std::string& RegistrationOf(const News& news);
// Whether the row is at the step that this may be the answer of, and of the same submission.
bool IsAwaited(const verification::v1::Verification& verification, const RegistrationRow& row);
bool IsAwaited(const approval::v1::Case& c, const RegistrationRow& row);
// Whether the row awaits it and what people see would change by it.
bool IsNews(const verification::v1::Verification& verification, const RegistrationRow& row);
bool IsNews(const approval::v1::Case& c, const RegistrationRow& row);
bool IsNews(const News& news, const RegistrationRow& row);
// Applies what IsNews as the answer of the step.
bool ApplyNews(News news, const Moment& moment, RegistrationRow& row);

// The row's documents cannot be read (documents.h): people see it, and it is looked at again late.
bool Spoilt(const Moment& moment, RegistrationRow& row);

// Whether an error may go away by itself: the peer is away, overloaded or broken.
bool IsTransient(const absl::Status& status);

}  // namespace eid::org_registration
