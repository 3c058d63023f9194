// SPDX-License-Identifier: Apache-2.0
#include "services/verification/progress.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "services/verification/verdicts.h"

namespace eid::verification {
namespace {

using v1::Lookup;
using v1::Verification;

// What the answers say so far.
Findings FindingsOf(const VerificationRow& row) {
  Findings findings;
  findings.co_representatives.resize(static_cast<size_t>(row.dossier().co_representatives_size()));
  size_t next_person = 0;
  for (int i = 0; i < LookupCount(row); ++i) {
    const Lookup& lookup = row.verification().lookups(i);
    const LookupRow& stored = row.lookups(i);
    const Origin origin = {lookup.registry_id(), lookup.receipt().as_of_time()};
    if (lookup.subject() == kOrganizationSubject) {
      if (!stored.answered()) continue;
      OrganizationFinding& finding = findings.organization.emplace_back();
      finding.origin = origin;
      if (stored.has_organization()) finding.record = stored.organization();
      continue;
    }
    // Persons come in the order of the dossier, the representative first (PlanLookups).
    const size_t person = next_person++;
    if (!stored.answered()) continue;
    PersonFinding finding = {origin, std::nullopt};
    if (stored.has_person()) finding.record = stored.person();
    if (person == 0) {
      findings.representative = std::move(finding);
    } else if (person - 1 < findings.co_representatives.size()) {
      findings.co_representatives[person - 1] = std::move(finding);
    }
  }
  return findings;
}

// Says of each look-up that is answered what it came to. All of them: with a person's record an entry of the register
// may turn out to be that person.
void SetOutcomes(const Judgement& judgement, VerificationRow& row) {
  size_t next_person = 0, next_organization = 0;
  for (int i = 0; i < LookupCount(row); ++i) {
    Lookup& lookup = *row.mutable_verification()->mutable_lookups(i);
    const bool of_organization = lookup.subject() == kOrganizationSubject;
    const bool answered = row.lookups(i).answered();
    // As in FindingsOf: organizations only when they are answered.
    if (of_organization && !answered) continue;
    const auto& outcomes = of_organization ? judgement.organization : judgement.persons;
    const size_t place = of_organization ? next_organization++ : next_person++;
    if (answered) {
      lookup.set_outcome(place < outcomes.size() ? outcomes[place] : v1::LOOKUP_OUTCOME_NOT_FOUND);
    }
  }
}

void Conclude(absl::Time now, const Findings& findings, Judgement judgement, VerificationRow& row) {
  Verification& verification = *row.mutable_verification();
  verification.set_state(Verification::STATE_CONCLUDED);
  verification.set_result(ResultOf(judgement.verdicts, findings));
  verification.set_deadline_class(DeadlineClassOf(findings));
  verification.clear_verdicts();
  for (v1::FieldVerdict& verdict : judgement.verdicts) {
    *verification.add_verdicts() = std::move(verdict);
  }
  *verification.mutable_conclude_time() = ToTimestamp(now);
  // Nothing is kept that the verdicts do not say.
  row.clear_dossier();
  for (LookupRow& lookup : *row.mutable_lookups()) lookup.clear_record();
}

bool IsOpen(const VerificationRow& row, int lookup) {
  return row.verification().state() == Verification::STATE_IN_PROGRESS &&
         lookup < LookupCount(row) && !row.lookups(lookup).answered();
}

void SetDue(absl::Time due, Lookup& lookup, LookupRow& stored) {
  *lookup.mutable_next_attempt_time() = ToTimestamp(due);
  *stored.mutable_due_time() = ToTimestamp(due);
}

}  // namespace

int LookupCount(const VerificationRow& row) {
  return std::min(row.lookups_size(), row.verification().lookups_size());
}

VerificationRow Open(const v1::EnsureVerificationRequest& request, const Routing& routing,
                     absl::Time now) {
  VerificationRow row;
  Verification& verification = *row.mutable_verification();
  verification.set_verification_id(request.verification_id());
  verification.set_registration_id(request.registration_id());
  verification.set_dossier_digest(request.dossier_digest());
  verification.set_state(Verification::STATE_IN_PROGRESS);
  verification.set_rule_version(std::string(kRuleVersion));
  *verification.mutable_create_time() = ToTimestamp(now);
  *row.mutable_dossier() = request.dossier();
  for (Lookup& lookup : PlanLookups(request.dossier(), routing)) {
    *verification.add_lookups() = std::move(lookup);
    *row.add_lookups()->mutable_due_time() = ToTimestamp(now);
  }
  return row;
}

bool TakeAnswer(int lookup, const Answer& answer, absl::Time now, VerificationRow& row) {
  if (!IsOpen(row, lookup)) return false;
  Lookup& shown = *row.mutable_verification()->mutable_lookups(lookup);
  LookupRow& stored = *row.mutable_lookups(lookup);
  shown.set_attempts(shown.attempts() + 1);
  shown.clear_next_attempt_time();
  v1::Receipt& receipt = *shown.mutable_receipt();
  receipt.set_request_digest(answer.request_digest);
  receipt.set_response_digest(answer.response_digest);
  *receipt.mutable_receive_time() = ToTimestamp(now);
  *receipt.mutable_as_of_time() = answer.source.as_of_time();
  receipt.set_record_version(answer.source.record_version());
  stored.set_answered(true);
  stored.clear_due_time();
  *stored.mutable_last_attempt_time() = ToTimestamp(now);
  if (answer.found && shown.subject() == kOrganizationSubject) {
    *stored.mutable_organization() = answer.organization;
  } else if (answer.found) {
    *stored.mutable_person() = answer.person;
  }

  const Findings findings = FindingsOf(row);
  Judgement judgement = JudgeAll(row.dossier(), findings);
  SetOutcomes(judgement, row);
  const bool all = std::all_of(row.lookups().begin(), row.lookups().end(),
                               [](const LookupRow& l) { return l.answered(); });
  if (all) Conclude(now, findings, std::move(judgement), row);
  return true;
}

bool TakeFailure(int lookup, absl::Time now, const RetryOptions& options, VerificationRow& row) {
  if (!IsOpen(row, lookup)) return false;
  Lookup& shown = *row.mutable_verification()->mutable_lookups(lookup);
  LookupRow& stored = *row.mutable_lookups(lookup);
  shown.set_outcome(v1::LOOKUP_OUTCOME_UNAVAILABLE);
  shown.set_attempts(shown.attempts() + 1);
  *stored.mutable_last_attempt_time() = ToTimestamp(now);
  const std::string salt = absl::StrCat(row.verification().verification_id(), "/", lookup);
  SetDue(now + Backoff(shown.attempts(), salt, options), shown, stored);
  return true;
}

bool Postpone(int lookup, absl::Time retry_time, VerificationRow& row) {
  if (!IsOpen(row, lookup)) return false;
  Lookup& shown = *row.mutable_verification()->mutable_lookups(lookup);
  if (shown.outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE) return false;
  shown.set_outcome(v1::LOOKUP_OUTCOME_UNAVAILABLE);
  SetDue(retry_time, shown, *row.mutable_lookups(lookup));
  return true;
}

bool MakeDue(absl::Time now, VerificationRow& row) {
  bool any = false;
  for (int i = 0; i < LookupCount(row); ++i) {
    Lookup& shown = *row.mutable_verification()->mutable_lookups(i);
    if (!IsOpen(row, i) || shown.outcome() != v1::LOOKUP_OUTCOME_UNAVAILABLE) continue;
    SetDue(now, shown, *row.mutable_lookups(i));
    any = true;
  }
  return any;
}

}  // namespace eid::verification
