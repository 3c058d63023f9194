// SPDX-License-Identifier: Apache-2.0
#include "services/identity/prover.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "common/crypto/password.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/text/vietnamese.h"
#include "eid/identity/v1/errors.pb.h"
#include "services/identity/levels.h"
#include "services/identity/lifecycle.h"
#include "services/identity/store.h"

namespace eid::identity {
namespace {

using v1::Account;
using v1::Factor;

// What it takes to forgive earlier failures: with less the thief of one factor could guess the
// other.
constexpr int kForgivingLevel = 2;

bool Suits(const Account& account, Attempt::Purpose purpose, absl::Time now) {
  const Account::State state = StateAt(account, now);
  if (purpose == Attempt::Purpose::kLogin) return state == Account::STATE_ACTIVE;
  return state == Account::STATE_GRANTED || state == Account::STATE_ACTIVATION_EXPIRED;
}

absl::string_view ChallengeOf(const Factor& factor) {
  if (factor.has_one_time_code()) return factor.one_time_code().challenge_id();
  if (factor.has_device_signature()) return factor.device_signature().challenge_id();
  return "";
}

Failures& FailuresOf(ThrottleRow& row, Channel channel) {
  switch (channel) {
    case Channel::kRemote: break;
    case Channel::kPhone: return *row.mutable_phone();
    case Channel::kDevice: return *row.mutable_device();
  }
  return *row.mutable_remote();
}

}  // namespace

absl::Status InvalidCredentials() {
  return Error(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_INVALID_CREDENTIALS,
               "The account or a factor is wrong.");
}

Prover::Prover(const Environment& environment)
    : environment_(environment),
      dummy_hash_(crypto::DummyHash(environment.secrets.passwords())),
      dummy_key_(crypto::PrivateKey::Generate(crypto::Algorithm::kEs256).Public().Spki()) {}

absl::StatusOr<Proof> Prover::Check(const Attempt& attempt) const {
  Proof proof;
  proof.purpose = attempt.purpose;
  proof.subject = environment_.secrets.SubjectOf(attempt.personal_id);
  ASSIGN_OR_RETURN(const Device device, CheckDevice(attempt));
  Admitted admitted;
  RETURN_IF_ERROR(environment_.db
                      .TransactAndWait([&](kv::Txn& txn) {
                        return Admit(txn, attempt, proof.subject, device, admitted);
                      })
                      .status());
  if (admitted.wait > absl::ZeroDuration()) return TooManyAttempts(admitted.wait);
  proof.channel = admitted.channel;
  proof.counted = admitted.counted;
  // Every factor is looked at, whatever the others were.
  bool right = admitted.account.has_value();
  for (const Factor& factor : attempt.factors) {
    const bool this_one = IsRight(factor, admitted, device);
    right = right && this_one;
    proof.kinds.push_back(KindOf(factor));
    const absl::string_view challenge = ChallengeOf(factor);
    if (!challenge.empty()) proof.challenge_ids.emplace_back(challenge);
  }
  if (!right) return InvalidCredentials();
  proof.account = *std::move(admitted.account);
  const crypto::PasswordParams& params = environment_.secrets.passwords();
  for (const Factor& factor : attempt.factors) {
    if (!factor.has_password() || !crypto::NeedsRehash(proof.account.password_hash(), params)) {
      continue;
    }
    ASSIGN_OR_RETURN(proof.better_password_hash,
                     crypto::HashPassword(text::ComposeNfc(factor.password()), params));
  }
  return proof;
}

absl::StatusOr<Prover::Device> Prover::CheckDevice(const Attempt& attempt) const {
  Device device;
  for (const Factor& factor : attempt.factors) {
    if (!factor.has_device_signature()) continue;
    const v1::DeviceSignature& answer = factor.device_signature();
    device.challenge =
        ParseDeviceChallenge(environment_.secrets, attempt.personal_id, answer.challenge_id());
    ASSIGN_OR_RETURN(const std::optional<AccountRow> account,
                     FindAccountByPersonalId(*environment_.db.Read(), attempt.personal_id));
    const bool has_key = account && !account->device_public_key().empty();
    ASSIGN_OR_RETURN(
        const crypto::PublicKey key,
        crypto::PublicKey::FromSpki(has_key ? account->device_public_key() : dummy_key_));
    const std::string text =
        SignedByDevice(answer.challenge_id(), device.challenge ? device.challenge->nonce : "");
    const bool verified = key.Verify(text, answer.signature());
    device.right = verified && has_key && device.challenge.has_value();
  }
  return device;
}

absl::Status Prover::Admit(kv::Txn& txn, const Attempt& attempt, const std::string& subject,
                           const Device& device, Admitted& admitted) const {
  const absl::Time now = txn.time();
  ASSIGN_OR_RETURN(ThrottleRow throttle, ThrottleOf(txn, subject));
  ASSIGN_OR_RETURN(admitted.account, FindAccountByPersonalId(txn, attempt.personal_id));
  for (const Factor& factor : attempt.factors) {
    if (!factor.has_one_time_code()) continue;
    RETURN_IF_ERROR(LookAtCode(txn, factor.one_time_code(), throttle, admitted));
  }
  if (device.right) {
    admitted.channel = Channel::kDevice;
  } else if (admitted.code_right) {
    admitted.channel = Channel::kPhone;
  }
  Failures& failures = FailuresOf(throttle, admitted.channel);
  admitted.wait = WaitLeft(failures, now);
  const bool refused = admitted.wait > absl::ZeroDuration();
  // A try of a code is written down even so: else whoever is refused could go on trying.
  if (refused && !admitted.code_looked_at) return TooManyAttempts(admitted.wait);
  if (!refused) admitted.counted = CountAttempt(failures, now);
  Touch(throttle, now);
  RETURN_IF_ERROR(ThrottleTable().Put(txn, throttle));
  if (refused) return absl::OkStatus();

  if (admitted.account && !Suits(admitted.account->account(), attempt.purpose, now)) {
    admitted.account.reset();
  }
  if (device.challenge) RETURN_IF_ERROR(OpenDevice(txn, *device.challenge, admitted));
  return absl::OkStatus();
}

absl::Status Prover::LookAtCode(kv::Txn& txn, const v1::OneTimeCode& answer, ThrottleRow& throttle,
                                Admitted& admitted) const {
  const absl::Time now = txn.time();
  ASSIGN_OR_RETURN(std::optional<ChallengeRow> row,
                   Find(ChallengeTable().Get(txn, kv::KeyOf(answer.challenge_id()))));
  if (!row || row->subject() != throttle.subject() || !IsOpen(*row, now)) return absl::OkStatus();
  row->set_tries(row->tries() + 1);
  RETURN_IF_ERROR(ChallengeTable().Put(txn, *row));
  admitted.code_looked_at = true;

  const Account& account =
      admitted.account ? admitted.account->account() : Account::default_instance();
  const bool theirs =
      !row->account_id().empty() && row->account_id() == account.account_id() &&
      crypto::ConstantTimeEqual(row->phone_digest(),
                                PhoneDigestOf(environment_.secrets, account.phone()));
  const bool equal =
      crypto::ConstantTimeEqual(environment_.secrets.CodeOf(answer.challenge_id()), answer.code());
  if (theirs && equal) {
    admitted.code_right = true;
    admitted.open.push_back(row->challenge_id());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(ThrottleRow asker, ThrottleOf(txn, row->asker()));
  CountAttempt(*asker.mutable_answers(), now);
  Touch(asker, now);
  Take(*throttle.mutable_wrong_codes(), kWrongCodes, now);
  return ThrottleTable().Put(txn, asker);
}

absl::Status Prover::OpenDevice(kv::Txn& txn, const DeviceChallenge& challenge,
                                Admitted& admitted) const {
  ASSIGN_OR_RETURN(std::optional<ChallengeRow> row,
                   Find(ChallengeTable().Get(txn, kv::KeyOf(challenge.challenge_id))));
  if (!row) {
    row.emplace();
    row->set_challenge_id(challenge.challenge_id);
    *row->mutable_expire_time() = ToTimestamp(challenge.expire_time);
  }
  if (!IsOpen(*row, txn.time())) return absl::OkStatus();
  row->set_tries(row->tries() + 1);
  admitted.open.push_back(row->challenge_id());
  return ChallengeTable().Put(txn, *row);
}

bool Prover::IsRight(const Factor& factor, const Admitted& admitted, const Device& device) const {
  const auto is_open = [&](absl::string_view challenge_id) {
    return std::count(admitted.open.begin(), admitted.open.end(), challenge_id) > 0;
  };
  const AccountRow& account = admitted.account ? *admitted.account : AccountRow::default_instance();
  switch (factor.proof_case()) {
    case Factor::kPassword: return IsRightSecret(factor.password(), account.password_hash());
    case Factor::kPasscode: return IsRightSecret(factor.passcode(), account.passcode_hash());
    case Factor::kOneTimeCode:
      return admitted.code_right && is_open(factor.one_time_code().challenge_id());
    case Factor::kDeviceSignature:
      return device.right && is_open(factor.device_signature().challenge_id());
    case Factor::PROOF_NOT_SET: break;
  }
  return false;
}

bool Prover::IsRightSecret(absl::string_view secret, absl::string_view hash) const {
  // A dummy costs as much, and no secret matches it.
  const absl::string_view against = hash.empty() ? absl::string_view(dummy_hash_) : hash;
  return crypto::VerifyPassword(text::ComposeNfc(secret), against,
                                environment_.secrets.passwords());
}

absl::StatusOr<AccountRow> Prover::Redeem(kv::Txn& txn, const Proof& proof) const {
  const absl::Time now = txn.time();
  const AccountRow& before = proof.account;
  ASSIGN_OR_RETURN(std::optional<AccountRow> row, FindAccount(txn, before.account().account_id()));
  if (!row || !Suits(row->account(), proof.purpose, now) ||
      row->password_hash() != before.password_hash() ||
      row->passcode_hash() != before.passcode_hash() ||
      row->device_public_key() != before.device_public_key()) {
    return InvalidCredentials();
  }
  for (const std::string& id : proof.challenge_ids) {
    ASSIGN_OR_RETURN(std::optional<ChallengeRow> challenge,
                     Find(ChallengeTable().Get(txn, kv::KeyOf(id))));
    const bool good =
        challenge && !challenge->used() && now < FromTimestamp(challenge->expire_time());
    if (!good) return InvalidCredentials();
    challenge->set_used(true);
    RETURN_IF_ERROR(ChallengeTable().Put(txn, *challenge));
  }
  ASSIGN_OR_RETURN(ThrottleRow throttle, ThrottleOf(txn, proof.subject));
  if (AuthenticationLevel(proof.kinds) >= kForgivingLevel) {
    Forgive(FailuresOf(throttle, proof.channel));
    // A person's own slips before the right code came.
    if (proof.channel == Channel::kPhone) Forgive(*throttle.mutable_remote());
  } else {
    TakeBack(FailuresOf(throttle, proof.channel), proof.counted);
  }
  Touch(throttle, now);
  RETURN_IF_ERROR(ThrottleTable().Put(txn, throttle));
  if (!proof.better_password_hash.empty()) {
    row->set_password_hash(proof.better_password_hash);
    RETURN_IF_ERROR(PutAccount(txn, *row));
  }
  return *std::move(row);
}

}  // namespace eid::identity
