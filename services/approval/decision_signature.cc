// SPDX-License-Identifier: Apache-2.0
#include "services/approval/decision_signature.h"

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/macros.h"
#include "google/protobuf/util/message_differencer.h"

namespace eid::approval {
namespace {

std::string SignedBytes(absl::string_view statement) {
  return absl::StrCat("eid-decision-v1", absl::string_view("\0", 1), statement);
}

}  // namespace

v1::DecisionStatement StatementOf(const v1::Case& case_, v1::Outcome outcome,
                                  v1::RefusalReason reason, absl::string_view approver,
                                  absl::Time now) {
  v1::DecisionStatement statement;
  statement.set_case_id(case_.case_id());
  statement.set_submission_number(case_.submission_number());
  statement.set_dossier_digest(case_.dossier_digest());
  for (const verification::v1::Lookup& lookup : case_.verification().lookups())
    statement.add_receipt_digests(lookup.receipt().response_digest());
  statement.set_verification_rule_version(case_.verification().rule_version());
  statement.set_clock_rule_version(case_.clock().rule_version());
  statement.set_outcome(outcome);
  statement.set_refusal_reason(reason);
  statement.set_reviewer_account_id(case_.reviewer_account_id());
  statement.set_approver_account_id(std::string(approver));
  *statement.mutable_decide_time() = ToTimestamp(now);
  return statement;
}

absl::Status SignDecision(const v1::DecisionStatement& statement, const crypto::PrivateKey& key,
                          v1::Decision& decision) {
  decision.set_statement(statement.SerializeAsString());
  ASSIGN_OR_RETURN(*decision.mutable_signature(), key.Sign(SignedBytes(decision.statement())));
  decision.set_key_id(key.Public().Fingerprint());
  return absl::OkStatus();
}

absl::Status VerifyDecision(const v1::Case& case_, const crypto::PublicKey& key) {
  const v1::Decision& decision = case_.decision();
  if (decision.key_id() != key.Fingerprint())
    return absl::DataLossError("the decision names another key");
  if (!key.Verify(SignedBytes(decision.statement()), decision.signature()))
    return absl::DataLossError("the signature is not the key's of the statement");
  v1::DecisionStatement signed_statement;
  if (!signed_statement.ParseFromString(decision.statement()))
    return absl::DataLossError("the statement cannot be read");
  const v1::DecisionStatement expected =
      StatementOf(case_, decision.outcome(), decision.refusal_reason(),
                  decision.approver_account_id(), FromTimestamp(decision.decide_time()));
  if (!google::protobuf::util::MessageDifferencer::Equals(signed_statement, expected))
    return absl::DataLossError("the case is not what the statement says");
  return absl::OkStatus();
}

}  // namespace eid::approval
