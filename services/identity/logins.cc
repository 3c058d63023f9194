// SPDX-License-Identifier: Apache-2.0
#include "services/identity/logins.h"

#include <vector>

#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/identity/levels.h"
#include "services/identity/session_rules.h"
#include "services/identity/sessions.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"

namespace eid::identity {
namespace {

constexpr size_t kRefreshSecretBytes = 32;

// Makes room for one more session of this person.
absl::Status EndOldest(kv::Txn& txn, const std::string& account_id,
                       std::vector<std::string>& ended) {
  std::vector<SessionRow> live;
  RETURN_IF_ERROR(SessionTable().Scan(txn,
                                      {.index = kSessionByAccount, .prefix = kv::KeyOf(account_id)},
                                      [&](SessionRow row, absl::string_view) {
                                        live.push_back(std::move(row));
                                        return true;
                                      }));
  for (size_t i = 0; i + kMaxSessions <= live.size(); ++i) {
    End(live[i], SessionRow::END_REASON_TOO_MANY, txn.time());
    RETURN_IF_ERROR(SessionTable().Update(txn, live[i]));
    ended.push_back(live[i].session_id());
  }
  return absl::OkStatus();
}

}  // namespace

void Logins::Login(const rpc::Call& call, const v1::LoginRequest& request,
                   rpc::Reply<v1::Session> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  if (absl::Status client = CheckClient(environment_, call); !client.ok()) {
    return reply(std::move(client));
  }
  Attempt attempt{.personal_id = request.personal_id(),
                  .factors = {request.factors().begin(), request.factors().end()}};
  RunHashing(environment_, call, std::move(reply),
             [this, attempt = std::move(attempt)] { return LoginNow(attempt); });
}

absl::StatusOr<v1::Session> Logins::LoginNow(const Attempt& attempt) const {
  ASSIGN_OR_RETURN(const Proof proof, prover_.Check(attempt));
  const std::string secret = crypto::RandomBytes(kRefreshSecretBytes);
  const std::string session_id = environment_.ids.NewId();
  Granted granted;
  std::vector<std::string> ended;
  RETURN_IF_ERROR(environment_.db
                      .TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                        ASSIGN_OR_RETURN(granted.account, prover_.Redeem(txn, proof));
                        const std::string& account_id = granted.account.account().account_id();
                        ASSIGN_OR_RETURN(granted.officer, OfficerOf(txn, account_id));
                        const bool officer = !granted.officer.officer().roles().empty();
                        RETURN_IF_ERROR(EndOldest(txn, account_id, ended));
                        granted.session = NewSession(session_id, account_id, proof.kinds, secret,
                                                     officer, txn.time());
                        return SessionTable().Insert(txn, granted.session);
                      })
                      .status());
  environment_.ended.Add(ended);
  granted.refresh_token = FormatRefreshToken({.session_id = session_id, .secret = secret});
  return Issue(environment_, granted);
}

void Logins::StepUp(const rpc::Call& call, const v1::StepUpRequest& request,
                    rpc::Reply<v1::Session> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  if (absl::Status client = CheckClient(environment_, call); !client.ok()) {
    return reply(std::move(client));
  }
  const auto account = FindAccount(*environment_.db.Read(), call.account_id());
  if (!account.ok()) return reply(account.status());
  if (!account->has_value()) return reply(SessionOver());
  Attempt attempt{.personal_id = (*account)->account().personal_id(),
                  .factors = {request.factors().begin(), request.factors().end()}};
  RunHashing(environment_, call, std::move(reply),
             [this, session_id = std::string(call.session_id()), attempt = std::move(attempt)] {
               return StepUpNow(session_id, attempt);
             });
}

absl::StatusOr<v1::Session> Logins::StepUpNow(const std::string& session_id,
                                              const Attempt& attempt) const {
  ASSIGN_OR_RETURN(const Proof proof, prover_.Check(attempt));
  Granted granted;
  RETURN_IF_ERROR(environment_.db
                      .TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                        ASSIGN_OR_RETURN(granted.account, prover_.Redeem(txn, proof));
                        const std::string& account_id = granted.account.account().account_id();
                        ASSIGN_OR_RETURN(granted.officer, OfficerOf(txn, account_id));
                        ASSIGN_OR_RETURN(granted.session,
                                         LiveSession(txn, session_id, account_id, txn.time()));
                        SetKinds(granted.session, Union(KindsOf(granted.session), proof.kinds));
                        *granted.session.mutable_auth_time() = ToTimestamp(txn.time());
                        return SessionTable().Update(txn, granted.session);
                      })
                      .status());
  return Issue(environment_, granted);
}

}  // namespace eid::identity
