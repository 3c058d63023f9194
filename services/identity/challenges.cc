// SPDX-License-Identifier: Apache-2.0
#include "services/identity/challenges.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "services/identity/challenge.h"
#include "services/identity/messages.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"

namespace eid::identity {

void Challenges::Create(const rpc::Call& call, const v1::CreateChallengeRequest& request,
                        rpc::Reply<v1::Challenge> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  if (absl::Status client = CheckClient(environment_, call); !client.ok()) {
    return reply(std::move(client));
  }
  const absl::Time expire = environment_.clock.TimeNow() + kChallengeLife;
  v1::Challenge challenge;
  if (request.kind() == v1::CHALLENGE_KIND_DEVICE_SIGNATURE) {
    DeviceChallenge made = MakeDeviceChallenge(environment_.secrets, request.personal_id(), expire,
                                               crypto::RandomBytes(16));
    challenge.set_challenge_id(std::move(made.challenge_id));
    challenge.set_nonce(std::move(made.nonce));
    *challenge.mutable_expire_time() = ToTimestamp(made.expire_time);
    return reply(std::move(challenge));
  }
  challenge.set_challenge_id(environment_.ids.NewId());
  *challenge.mutable_expire_time() = ToTimestamp(expire);
  ChallengeRow row;
  row.set_challenge_id(challenge.challenge_id());
  *row.mutable_expire_time() = challenge.expire_time();
  row.set_subject(environment_.secrets.SubjectOf(request.personal_id()));
  row.set_asker(AskerOf(environment_.secrets, row.subject(), ClientLimits::ClientOf(call.client)));
  environment_.db.Transact([this, row, personal_id = request.personal_id()](
                               kv::Txn& txn) { return StoreCode(txn, personal_id, row); },
                           [challenge, reply](absl::StatusOr<uint64_t> stored) {
                             if (!stored.ok()) return reply(stored.status());
                             reply(challenge);
                           },
                           call.deadline);
}

absl::Status Challenges::TakeCode(kv::Txn& txn, const std::string& subject,
                                  const std::string& asker) const {
  const absl::Time now = txn.time();
  ASSIGN_OR_RETURN(ThrottleRow person, ThrottleOf(txn, subject));
  ASSIGN_OR_RETURN(ThrottleRow client, ThrottleOf(txn, asker));
  const absl::Duration wait = std::max({
      WaitLeft(client.answers(), now),
      Missing(person.wrong_codes(), kWrongCodes, now),
      Take(*client.mutable_codes(), environment_.codes.client, now),
      Take(*person.mutable_codes(), environment_.codes.account, now),
  });
  if (wait > absl::ZeroDuration()) return TooManyAttempts(wait);
  Touch(person, now);
  Touch(client, now);
  RETURN_IF_ERROR(ThrottleTable().Put(txn, person));
  return ThrottleTable().Put(txn, client);
}

absl::Status Challenges::StoreCode(kv::Txn& txn, const std::string& personal_id,
                                   ChallengeRow row) const {
  RETURN_IF_ERROR(TakeCode(txn, row.subject(), row.asker()));
  ASSIGN_OR_RETURN(const std::optional<AccountRow> account,
                   FindAccountByPersonalId(txn, personal_id));
  // For nobody, and for a locked account, a challenge that no code answers; its wrong answers count
  // like all others, so that nothing tells it apart.
  if (!account || account->account().state() == v1::Account::STATE_LOCKED) {
    return ChallengeTable().Insert(txn, row);
  }
  row.set_account_id(account->account().account_id());
  row.set_phone_digest(PhoneDigestOf(environment_.secrets, account->account().phone()));
  RETURN_IF_ERROR(ChallengeTable().Insert(txn, row));
  return EnqueueCode(txn, environment_.outbox, row);
}

}  // namespace eid::identity
