// SPDX-License-Identifier: Apache-2.0
// The rules of a case: its states, who may move it, and what moving it changes. Pure: no store, no
// clock, no RPC. Times and persons are arguments.
//
//            claim        release     supplement   approve  reject   close       reopen
//   OPEN     CLAIMED      (as it is)  -            -        -        -           -
//   CLAIMED  prolongs     OPEN        SUPPLEMENT_  APPROVED REJECTED -           -
//                                     REQUESTED
//   SUPPLEMENT_REQUESTED  -           -            -        -        CLOSED      OPEN
//   APPROVED, REJECTED    (final: nothing)
//   CLOSED   -            -           -            -        -        (as it is)  -
//
// A claim whose lease is over is none: call LapseClaim first.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/approval/storage.pb.h"

namespace eid::approval {

// What may be done to a case. Close and reopen are the registration workflow's.
enum class Verb { kClaim, kRelease, kRequestSupplement, kApprove, kReject, kClose, kReopen };

// The person who acts; for close and reopen nobody.
struct Officer {
  std::string account_id;
  bool is_reviewer = false;
  bool is_approver = false;
};

// Whether the officer may do it, now that the case stands so. Tried in this order:
//   PERMISSION_DENIED PERMISSION_DENIED             lacks the role
//   FAILED_PRECONDITION CONFLICT_OF_INTEREST        applicant or consenter; for a decision also
//                                                   whoever ever claimed it (security: four eyes)
//   FAILED_PRECONDITION WRONG_STATE                 the table above
//   ABORTED CLAIMED_BY_OTHER                        another reviewer holds it
absl::Status May(Verb verb, const CaseRow& row, const Officer& officer);

// ABORTED ETAG_MISMATCH: the caller saw another version of the case.
absl::Status CheckEtag(const v1::Case& case_, absl::string_view etag);

// FAILED_PRECONDITION VERIFICATION_NOT_CONCLUSIVE: approving what does not match needs a note.
absl::Status CheckConclusive(const v1::Case& case_, absl::string_view note);

// Whether the account filed the case or consented to it.
bool IsParty(const v1::Case& case_, absl::string_view account_id);

bool IsFinal(v1::Case::State state);

// Opens the case again if it is claimed and the lease is over by `now`. Gives whether it did.
bool LapseClaim(CaseRow& row, absl::Time now);

// The case as callers see it at `now`: a claim that is over is none, the clock has its mark. With its
// documents if they are unpacked.
v1::Case Present(CaseRow row, absl::Time now);
// The same, left in the row.
void BringUpTo(absl::Time now, CaseRow& row);

// What the verbs change; May was asked before.
void Claim(CaseRow& row, absl::string_view reviewer, absl::Time lease_expire_time);
void Release(CaseRow& row);
void RequestSupplement(CaseRow& row, org_registration::v1::SupplementRequest request,
                       absl::Time now);
void Decide(CaseRow& row, v1::Decision decision, absl::Time now);
void Close(CaseRow& row, absl::Time now);
// `submission` holds what a new submission brings: number, dossier, digest, verification, consents,
// clock.
void Reopen(CaseRow& row, v1::Case submission);

}  // namespace eid::approval
