// SPDX-License-Identifier: Apache-2.0
// The state machine of a verification. Pure functions.
//
//   IN_PROGRESS --every source has answered--> CONCLUDED (final)
//
// A look-up, while it is not answered:
//   UNSPECIFIED (not asked yet) --could not be asked--> UNAVAILABLE --again--> …
//   either --the source answered--> MATCH | MISMATCH | NOT_FOUND (final)
// Only an answer is an answer: UNAVAILABLE never turns into NOT_FOUND, however long it lasts.
#pragma once

#include "absl/time/time.h"
#include "eid/verification/v1/verification_service.pb.h"
#include "services/verification/lookups.h"
#include "services/verification/retry.h"
#include "services/verification/storage.pb.h"

namespace eid::verification {

// How many look-ups the row has: each has a public part and one of its own. A row where the two lists
// disagree is damaged; of it counts what has both.
int LookupCount(const VerificationRow& row);

// A new verification, every look-up of which is due at once.
VerificationRow Open(const v1::EnsureVerificationRequest& request, const Routing& routing,
                     absl::Time now);

// Takes an answer to the look-up. The last one concludes the verification. False: it was answered before, nothing changes.
bool TakeAnswer(int lookup, const Answer& answer, absl::Time now, VerificationRow& row);

// The source was asked and did not answer. False: it was answered before, nothing changes.
bool TakeFailure(int lookup, absl::Time now, const RetryOptions& options, VerificationRow& row);

// The source is not asked before `retry_time`: its circuit is open. False: nothing changes, this is known already.
bool Postpone(int lookup, absl::Time retry_time, VerificationRow& row);

// Every unavailable look-up is due now. False: there is none.
bool MakeDue(absl::Time now, VerificationRow& row);

}  // namespace eid::verification
