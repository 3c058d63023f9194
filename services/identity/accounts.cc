// SPDX-License-Identifier: Apache-2.0
#include "services/identity/accounts.h"

#include <utility>

#include "common/clock/timestamp.h"
#include "common/codes/contact.h"
#include "common/crypto/keys.h"
#include "common/crypto/password.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/text/name.h"
#include "common/text/vietnamese.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/identity/lifecycle.h"
#include "services/identity/messages.h"
#include "services/identity/recall.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"
#include "services/identity/viewing.h"

namespace eid::identity {
namespace {

using v1::Account;
using verification::v1::CheckPersonResponse;

constexpr char kListMethod[] = "AccountService/ListAccounts";

absl::Status AccountExists(const AccountRow& row) {
  return Error(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ACCOUNT_EXISTS,
               "The person has an account already.", {{"account_id", row.account().account_id()}});
}

// Whose window is over is enrolled anew, on the same account.
bool MayEnrolAgain(const AccountRow& row, absl::Time now) {
  return StateAt(row.account(), now) == Account::STATE_ACTIVATION_EXPIRED;
}

absl::Status AccountNotFound() {
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ACCOUNT_NOT_FOUND, "No such account.");
}

absl::Status ActivationExpired() {
  return WithPrecondition(
      Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ACTIVATION_EXPIRED,
            "The activation window is over."),
      "ACCOUNT_STATE", "ACTIVATION_EXPIRED", "An officer re-opens it: hotline 1900.0368.");
}

// What the caller is told when the database cannot be asked.
absl::Status FromPeer(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return WithRetry(
          Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
                "The population database cannot be asked now."),
          absl::Seconds(5));
    default:
      return absl::InternalError(
          absl::StrCat("verification refused the check: ", absl::StatusCodeToString(status.code()),
                       " ", ReasonOf(status)));
  }
}

}  // namespace

absl::StatusOr<AccountRow> NewAccount(const Environment& environment, std::string account_id,
                                      absl::Time now) {
  const auto window = ActivationWindow(now, environment.periods, environment.calendar);
  if (!window.ok()) {
    return absl::InternalError(absl::StrCat("no activation window: ", window.status().message()));
  }
  AccountRow row;
  row.set_window_version(window->period_version);
  Account& account = *row.mutable_account();
  account.set_account_id(std::move(account_id));
  account.set_level(2);
  account.set_state(Account::STATE_GRANTED);
  *account.mutable_create_time() = ToTimestamp(now);
  *account.mutable_activation_expire_time() = ToTimestamp(window->due_time);
  return row;
}

void Accounts::Enroll(const rpc::Call& call, const v1::EnrollAccountRequest& request,
                      rpc::Reply<Account> reply) {
  const absl::Time now = environment_.clock.TimeNow();
  if (absl::Status valid = Validate(request, calendar::DayOf(now)); !valid.ok()) {
    return reply(std::move(valid));
  }
  const kv::RequestKey key = {.scope = kv::KeyOf(call.CallerId(), "EnrollAccount"),
                              .request_id = request.request_id(),
                              .digest = kv::DigestOf(request)};
  Recall<Account>(
      environment_.db, key,
      [this, call, request, key, reply](absl::StatusOr<std::optional<Account>> before) {
        if (!before.ok()) return reply(before.status());
        if (before->has_value()) return reply(**std::move(before));
        CheckPerson(call, request, key, reply);
      },
      call.deadline);
}

void Accounts::CheckPerson(const rpc::Call& call, const v1::EnrollAccountRequest& request,
                           kv::RequestKey key, rpc::Reply<Account> reply) {
  if (!IsOldEnough(request.birth_date(), environment_.clock.TimeNow())) {
    return reply(WithPrecondition(
        Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_PERSON_NOT_ELIGIBLE,
              "A level-2 account is given from six full years."),
        "PERSON", "birth_date", "The person is too young."));
  }
  // Whoever has an account is not asked about, but for one that was not activated in time.
  const auto existing = FindAccountByPersonalId(*environment_.db.Read(), request.personal_id());
  if (!existing.ok()) return reply(existing.status());
  if (existing->has_value() && !MayEnrolAgain(**existing, environment_.clock.TimeNow())) {
    // By this very request, perhaps, if it was made twice at once: then it has its answer by now.
    return kv::Mutate<Account>(
        environment_.db, std::move(key),
        [row = **existing](kv::Txn&) -> absl::StatusOr<Account> { return AccountExists(row); },
        reply, call.deadline);
  }

  verification::v1::CheckPersonRequest person;
  person.set_personal_id(request.personal_id());
  person.set_full_name(text::NormaliseName(request.full_name()));
  *person.mutable_birth_date() = request.birth_date();
  person.set_phone(*codes::NormalisePhone(request.phone()));
  persons_.Check(call, std::move(person),
                 [this, call, request, key, reply](absl::StatusOr<CheckPersonResponse> answer) {
                   fault::Point("person_checked");
                   if (!answer.ok()) return reply(FromPeer(answer.status()));
                   Grant(call, request, key, *answer, reply);
                 });
}

void Accounts::Grant(const rpc::Call& call, const v1::EnrollAccountRequest& request,
                     kv::RequestKey key, const CheckPersonResponse& person,
                     rpc::Reply<Account> reply) {
  if (absl::Status judged = JudgePerson(person); !judged.ok()) return reply(std::move(judged));
  auto row = NewAccount(environment_, environment_.ids.NewId(), environment_.clock.TimeNow());
  if (!row.ok()) return reply(row.status());
  *row->mutable_checked_as_of_time() = person.as_of_time();
  Account& account = *row->mutable_account();
  account.set_personal_id(request.personal_id());
  account.set_full_name(text::NormaliseName(
      person.registered_full_name().empty() ? request.full_name() : person.registered_full_name()));
  *account.mutable_birth_date() = request.birth_date();
  account.set_phone(*codes::NormalisePhone(request.phone()));
  if (!request.email().empty()) account.set_email(*codes::NormaliseEmail(request.email()));
  account.set_enrolled_by(std::string(call.account_id()));
  kv::Mutate<Account>(
      environment_.db, std::move(key),
      [this, row = *std::move(row)](kv::Txn& txn) mutable { return GrantIn(txn, std::move(row)); },
      reply, call.deadline);
}

absl::StatusOr<Account> Accounts::GrantIn(kv::Txn& txn, AccountRow row) const {
  // Somebody may have enrolled the person while the database was asked.
  ASSIGN_OR_RETURN(const std::optional<AccountRow> existing,
                   FindAccountByPersonalId(txn, row.account().personal_id()));
  if (!existing) {
    RETURN_IF_ERROR(PutAccount(txn, row));
    RETURN_IF_ERROR(EnqueueGrant(txn, environment_.outbox, row.account()));
    return row.account();
  }
  if (!MayEnrolAgain(*existing, txn.time())) return AccountExists(*existing);
  // The same account, all else as checked and given now. It never had a secret.
  row.mutable_account()->set_account_id(existing->account().account_id());
  *row.mutable_account()->mutable_create_time() = existing->account().create_time();
  RETURN_IF_ERROR(PutAccount(txn, row));
  RETURN_IF_ERROR(EnqueueReopening(txn, environment_.outbox, row.account()));
  return row.account();
}

void Accounts::Activate(const rpc::Call& call, const v1::ActivateAccountRequest& request,
                        rpc::Reply<Account> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  if (absl::Status client = CheckClient(environment_, call); !client.ok()) {
    return reply(std::move(client));
  }
  // The person's, wherever the call comes from; and the digest gives no hint of the password. It is
  // part of the scope: other words under a known id are an attempt like any other, counted, and
  // refused with the same answer, so that nobody learns what was sent before.
  const std::string digest = environment_.secrets.KeyedDigest(kv::DigestOf(request));
  kv::RequestKey key = {.scope = kv::KeyOf(environment_.secrets.SubjectOf(request.personal_id()),
                                           "ActivateAccount", digest),
                        .request_id = request.request_id(),
                        .digest = digest};
  RunHashing(environment_, call, std::move(reply),
             [this, request, key = std::move(key)] { return ActivateNow(request, key); });
}

absl::StatusOr<Account> Accounts::ActivateNow(const v1::ActivateAccountRequest& request,
                                              const kv::RequestKey& key) const {
  ASSIGN_OR_RETURN(std::optional<Account> before, RecallAndWait<Account>(environment_.db, key));
  if (before) return *std::move(before);
  absl::StatusOr<Account> account = ActivateAnew(request, key);
  if (account.ok()) return account;
  // Made twice at once, perhaps, and the other one has used the code meanwhile.
  ASSIGN_OR_RETURN(before, RecallAndWait<Account>(environment_.db, key));
  return before ? *std::move(before) : account;
}

absl::StatusOr<Account> Accounts::ActivateAnew(const v1::ActivateAccountRequest& request,
                                               const kv::RequestKey& key) const {
  Attempt attempt{.purpose = Attempt::Purpose::kActivation, .personal_id = request.personal_id()};
  *attempt.factors.emplace_back().mutable_one_time_code() = request.proof();
  ASSIGN_OR_RETURN(const Proof proof, prover_.Check(attempt));
  if (StateAt(proof.account.account(), environment_.clock.TimeNow()) != Account::STATE_GRANTED) {
    return Expired(proof);
  }
  const crypto::PasswordParams& params = environment_.secrets.passwords();
  ASSIGN_OR_RETURN(const std::string password,
                   crypto::HashPassword(text::ComposeNfc(request.password()), params));
  ASSIGN_OR_RETURN(const std::string passcode, crypto::HashPassword(request.passcode(), params));
  std::string fingerprint;
  if (!request.device_public_key().empty()) {
    ASSIGN_OR_RETURN(const crypto::PublicKey device,
                     crypto::PublicKey::FromSpki(request.device_public_key()));
    fingerprint = device.Fingerprint();
  }
  return MutateAndWait<Account>(environment_.db, key, [&](kv::Txn& txn) -> absl::StatusOr<Account> {
    ASSIGN_OR_RETURN(AccountRow row, prover_.Redeem(txn, proof));
    if (StateAt(row.account(), txn.time()) != Account::STATE_GRANTED) {
      return ActivationExpired();
    }
    row.set_password_hash(password);
    row.set_passcode_hash(passcode);
    row.set_device_public_key(request.device_public_key());
    row.mutable_account()->set_device_key(fingerprint);
    row.mutable_account()->set_state(Account::STATE_ACTIVE);
    *row.mutable_account()->mutable_activate_time() = ToTimestamp(txn.time());
    RETURN_IF_ERROR(PutAccount(txn, row));
    return row.account();
  });
}

absl::Status Accounts::Expired(const Proof& proof) const {
  RETURN_IF_ERROR(environment_.db
                      .TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                        ASSIGN_OR_RETURN(AccountRow row, prover_.Redeem(txn, proof));
                        row.mutable_account()->set_state(Account::STATE_ACTIVATION_EXPIRED);
                        return PutAccount(txn, row);
                      })
                      .status());
  return ActivationExpired();
}

void Accounts::Get(const rpc::Call& call, const v1::GetAccountRequest& request,
                   rpc::Reply<Account> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const std::string account_id =
      request.account_id().empty() ? std::string(call.account_id()) : request.account_id();
  if (account_id != call.account_id()) {
    if (!SeesAll(call)) return reply(AccountNotFound());
    if (absl::Status level = NeedsTwoFactors(call); !level.ok()) return reply(std::move(level));
  }
  const auto row = FindAccount(*environment_.db.Read(), account_id);
  if (!row.ok()) return reply(row.status());
  if (!row->has_value()) return reply(AccountNotFound());
  reply(ShownAt((*row)->account(), environment_.clock.TimeNow()));
}

void Accounts::List(const rpc::Call&, const v1::ListAccountsRequest& request,
                    rpc::Reply<v1::ListAccountsResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  reply(ListNow(request));
}

absl::StatusOr<v1::ListAccountsResponse> Accounts::ListNow(
    const v1::ListAccountsRequest& request) const {
  const absl::Time now = environment_.clock.TimeNow();
  const auto wanted = [&](const AccountRow& row) {
    return request.state() == Account::STATE_UNSPECIFIED ||
           StateAt(row.account(), now) == request.state();
  };
  const std::unique_ptr<kv::Reader> reader = environment_.db.Read();
  ASSIGN_OR_RETURN(const Paging paging, PagingOf(environment_.db, kListMethod, "", request));
  v1::ListAccountsResponse response;
  const auto add = [&](const AccountRow& row) {
    *response.add_accounts() = MaskedAccount(ShownAt(row.account(), now));
  };
  if (!request.personal_id().empty()) {
    ASSIGN_OR_RETURN(const std::optional<AccountRow> row,
                     FindAccountByPersonalId(*reader, request.personal_id()));
    if (row && wanted(*row)) add(*row);
    return response;
  }
  kv::RowRange range = {.index = kAccountByTime, .after = paging.after};
  if (request.state() != Account::STATE_UNSPECIFIED) {
    range.index = kAccountByState;
    range.prefix = kv::KeyOf(request.state());
  }
  ASSIGN_OR_RETURN(const kv::RowPage<AccountRow> page,
                   AccountTable().Page(*reader, range, paging.size, wanted));
  for (const AccountRow& row : page.rows) add(row);
  response.set_next_page_token(paging.Next(page.next_position));
  return response;
}

}  // namespace eid::identity
