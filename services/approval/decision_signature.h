// SPDX-License-Identifier: Apache-2.0
// The signature of a decision: ES256 over "eid-decision-v1" || 0x00 || statement, where the
// statement names everything that was decided upon. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/keys.h"
#include "eid/approval/v1/case.pb.h"

namespace eid::approval {

// What is decided about the case as it stands.
v1::DecisionStatement StatementOf(const v1::Case& case_, v1::Outcome outcome,
                                  v1::RefusalReason reason, absl::string_view approver,
                                  absl::Time now);

// Sets statement, signature and key_id. INTERNAL: the signature failed.
absl::Status SignDecision(const v1::DecisionStatement& statement, const crypto::PrivateKey& key,
                          v1::Decision& decision);

// Whether the decision carries the key's signature, and its statement says the same as the decision
// and the case. For whoever checks a decision later. DATA_LOSS with what does not agree.
absl::Status VerifyDecision(const v1::Case& case_, const crypto::PublicKey& key);

}  // namespace eid::approval
