// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/digest.h"
#include "services/identity/challenge.h"
#include "services/identity/levels.h"
#include "services/identity/lifecycle.h"
#include "services/identity/messages.h"
#include "services/identity/secrets.h"
#include "services/identity/session_rules.h"
#include "services/identity/signing_keys.h"
#include "services/identity/store.h"
#include "services/identity/throttle.h"
#include "tests/fuzz/rows.h"

namespace eid::fuzz {
namespace {

using namespace identity;  // NOLINT: this file is about little else

const Secrets& TheSecrets() {
  static const auto* const secrets = new Secrets(std::string(32, 's'), crypto::PasswordParams());
  return *secrets;
}

void ReadAccount(const AccountRow& row) {
  const v1::Account shown = ShownAt(row.account(), kNow);
  Require(MaskedAccount(shown).personal_id().size() == shown.personal_id().size(),
          "what is masked keeps its length");
  (void)IsOldEnough(shown.birth_date(), kNow);
}

void ReadSession(const SessionRow& row) {
  const int level = AuthenticationLevel(KindsOf(row));
  Require(level >= 0 && level <= 4, "there are four levels");
  (void)IsLive(row, kNow);
  const RefreshToken token{row.session_id(), row.generation(), std::string(32, 'r')};
  const PresentedToken presented = Examine(token, row, TheSecrets());
  Require(Judge(row, presented, kNow) != RefreshVerdict::kRotate, "nobody guesses a secret");
}

void ReadThrottle(const ThrottleRow& row) {
  for (const Failures* failures : {&row.remote(), &row.device(), &row.phone(), &row.answers()}) {
    const absl::Duration wait = WaitLeft(*failures, kNow);
    Require(wait >= absl::ZeroDuration() && wait <= kLongestWait, "a wait has its limits");
    Failures counted = *failures;
    (void)CountAttempt(counted, kNow);
  }
  for (const Bucket* bucket : {&row.codes(), &row.wrong_codes()}) {
    Bucket taken = *bucket;
    Require(Take(taken, CodeAllowances().account, kNow) >= absl::ZeroDuration(),
            "nobody waits for the past");
  }
  ThrottleRow touched = row;
  Touch(touched, kNow);
}

void ReadMessage(const OutgoingMessage& message) {
  const MemoryTxn nothing;
  CheckError(message, absl::OkStatus());
  (void)Render(message, nothing, TheSecrets());
}

}  // namespace

std::vector<MessageEntry> IdentityRows() {
  std::vector<MessageEntry> entries;
  entries.push_back(RowEntry(AccountTable(), ReadAccount));
  entries.push_back(RowEntry(OrganizationTable(), [](const OrganizationRow& row) {
    (void)ShownAt(row.organization(), kNow);
    (void)Represents(row.organization(), "account-1");
  }));
  entries.push_back(RowEntry(OfficerTable(), [](const OfficerRow&) {}));
  entries.push_back(RowEntry(SessionTable(), ReadSession));
  entries.push_back(RowEntry(ChallengeTable(), [](const ChallengeRow& row) {
    (void)IsOpen(row, kNow);
    Require(TheSecrets().CodeOf(row.challenge_id()).size() == 6, "a code has six digits");
  }));
  entries.push_back(RowEntry(ThrottleTable(), ReadThrottle));
  entries.push_back(RowEntry(SigningKeyTable(), [](const SigningKeyRow& row) {
    (void)PlanKeys({row}, {row, row}, KeyTimes(), kNow);
    (void)crypto::PublicKey::FromSpki(row.public_key());
  }));
  entries.push_back(RowEntry(CounterTable(), [](const CounterRow&) {}));
  // Not a row: the payload of one.
  entries.push_back(EntryOf<OutgoingMessage>(ReadMessage));
  return entries;
}

}  // namespace eid::fuzz
