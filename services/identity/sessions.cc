// SPDX-License-Identifier: Apache-2.0
#include "services/identity/sessions.h"

#include <utility>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/identity/lifecycle.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"

namespace eid::identity {
namespace {

using policy::v1::AccessClaims;
using v1::Account;
using v1::Organization;

absl::Status RefreshTokenInvalid() {
  return Error(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_REFRESH_TOKEN_INVALID,
               "The refresh token is not known, or its session has ended. Log in.");
}

absl::Status RefreshTokenReused() {
  return Error(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_REFRESH_TOKEN_REUSED,
               "The refresh token was used before, so its session was ended. Log in.");
}

// Whether the person may act for the organization now.
bool MayActFor(const std::optional<OrganizationRow>& row, absl::string_view account_id,
               absl::Time now) {
  return row.has_value() && Represents(row->organization(), account_id) &&
         StateAt(row->organization(), now) == Organization::STATE_ACTIVE;
}

}  // namespace

absl::Status SessionOver() {
  return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
               "The session is over. Log in.");
}

absl::StatusOr<SessionRow> LiveSession(const kv::Reader& reader, absl::string_view session_id,
                                       absl::string_view account_id, absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<SessionRow> row,
                   Find(SessionTable().Get(reader, kv::KeyOf(session_id))));
  if (!row || row->account_id() != account_id || !IsLive(*row, now)) return SessionOver();
  return *std::move(row);
}

absl::StatusOr<std::vector<std::string>> EndSessionsOf(kv::Txn& txn, absl::string_view account_id,
                                                       SessionRow::EndReason reason) {
  std::vector<SessionRow> rows;
  RETURN_IF_ERROR(SessionTable().Scan(txn,
                                      {.index = kSessionByAccount, .prefix = kv::KeyOf(account_id)},
                                      [&](SessionRow row, absl::string_view) {
                                        rows.push_back(std::move(row));
                                        return true;
                                      }));
  std::vector<std::string> ended;
  for (SessionRow& row : rows) {
    End(row, reason, txn.time());
    RETURN_IF_ERROR(SessionTable().Update(txn, row));
    ended.push_back(row.session_id());
  }
  return ended;
}

absl::StatusOr<auth::Claims> VerifyToken(const Environment& environment, absl::string_view token) {
  ASSIGN_OR_RETURN(auth::Claims claims, environment.verifier.Verify(token));
  if (environment.ended.Contains(claims->sid())) return SessionOver();
  return claims;
}

void Sessions::ActAs(const rpc::Call& call, const v1::ActAsRequest& request,
                     rpc::Reply<v1::Session> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  auto granted = std::make_shared<Granted>();
  environment_.db.Transact(
      [this, call, organization_id = request.organization_id(), granted](kv::Txn& txn) {
        return ChoosePrincipal(txn, call, organization_id, *granted);
      },
      [this, granted, reply](absl::StatusOr<uint64_t> stored) {
        if (!stored.ok()) return reply(stored.status());
        IssueLater(environment_, granted, reply);
      },
      call.deadline);
}

absl::Status Sessions::ChoosePrincipal(kv::Txn& txn, const rpc::Call& call,
                                       const std::string& organization_id, Granted& granted) const {
  ASSIGN_OR_RETURN(granted.session,
                   LiveSession(txn, call.session_id(), call.account_id(), txn.time()));
  ASSIGN_OR_RETURN(std::optional<AccountRow> account, FindAccount(txn, call.account_id()));
  if (!account || account->account().state() != Account::STATE_ACTIVE) return SessionOver();
  granted.account = *std::move(account);
  ASSIGN_OR_RETURN(granted.officer, OfficerOf(txn, call.account_id()));
  if (!organization_id.empty()) {
    ASSIGN_OR_RETURN(const std::optional<OrganizationRow> row,
                     FindOrganization(txn, organization_id));
    if (!row || !Represents(row->organization(), call.account_id())) {
      return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
                   "No such organization.");
    }
    if (!MayActFor(row, call.account_id(), txn.time())) {
      return WithPrecondition(
          Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ORGANIZATION_NOT_ACTIVE,
                "The organization's account is not active."),
          "ORGANIZATION_STATE", organization_id, "Activate the account first.");
    }
  }
  granted.session.set_organization_id(organization_id);
  return SessionTable().Update(txn, granted.session);
}

void Sessions::Refresh(const rpc::Call& call, const v1::RefreshTokenRequest& request,
                       rpc::Reply<v1::Session> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const std::optional<RefreshToken> token = ParseRefreshToken(request.refresh_token());
  if (!token) return reply(RefreshTokenInvalid());
  const auto row = Find(SessionTable().Get(*environment_.db.Read(), kv::KeyOf(token->session_id)));
  if (!row.ok()) return reply(row.status());
  if (!row->has_value()) return reply(RefreshTokenInvalid());
  const PresentedToken presented = Examine(*token, **row, environment_.secrets);

  struct Outcome {
    Granted granted;
    RefreshVerdict verdict = RefreshVerdict::kInvalid;
  };
  auto outcome = std::make_shared<Outcome>();
  environment_.db.Transact(
      [this, token = *token, presented, outcome](kv::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(outcome->verdict, RefreshIn(txn, token, presented, outcome->granted));
        return absl::OkStatus();
      },
      [this, token = *token, outcome, reply](absl::StatusOr<uint64_t> stored) {
        if (!stored.ok()) return reply(stored.status());
        if (outcome->verdict == RefreshVerdict::kReused) {
          environment_.ended.Add({token.session_id});
          LogEvent(Severity::kWarning, "session.token_reused", {{"session", token.session_id}});
          return reply(RefreshTokenReused());
        }
        outcome->granted.refresh_token =
            FormatRefreshToken({.session_id = token.session_id,
                                .generation = token.generation + 1,
                                .secret = environment_.secrets.Successor(token.secret)});
        IssueLater(environment_, {outcome, &outcome->granted}, reply);
      },
      call.deadline);
}

absl::StatusOr<RefreshVerdict> Sessions::RefreshIn(kv::Txn& txn, const RefreshToken& token,
                                                   const PresentedToken& presented,
                                                   Granted& granted) const {
  const absl::Time now = txn.time();
  ASSIGN_OR_RETURN(std::optional<SessionRow> row,
                   Find(SessionTable().Get(txn, kv::KeyOf(token.session_id))));
  if (!row) return RefreshTokenInvalid();
  ASSIGN_OR_RETURN(std::optional<AccountRow> account, FindAccount(txn, row->account_id()));
  if (!account || account->account().state() != Account::STATE_ACTIVE) return RefreshTokenInvalid();
  ASSIGN_OR_RETURN(granted.officer, OfficerOf(txn, row->account_id()));
  granted.account = *std::move(account);
  const RefreshVerdict verdict = Judge(*row, presented, now);
  switch (verdict) {
    case RefreshVerdict::kInvalid: return RefreshTokenInvalid();
    case RefreshVerdict::kReused: End(*row, SessionRow::END_REASON_TOKEN_REUSED, now); break;
    case RefreshVerdict::kReissue: break;
    case RefreshVerdict::kRotate:
      Rotate(*row, presented, !granted.officer.officer().roles().empty(), now);
      break;
  }
  if (!row->organization_id().empty()) {
    ASSIGN_OR_RETURN(const std::optional<OrganizationRow> organization,
                     FindOrganization(txn, row->organization_id()));
    // Less power than before, and the answer says so.
    if (!MayActFor(organization, row->account_id(), now)) row->clear_organization_id();
  }
  granted.session = *row;
  RETURN_IF_ERROR(SessionTable().Update(txn, *row));
  return verdict;
}

std::string Sessions::SessionOf(const std::string& text) const {
  const std::optional<RefreshToken> token = ParseRefreshToken(text);
  if (!token) {
    const auto claims = environment_.verifier.Verify(text);
    return claims.ok() ? (*claims)->sid() : "";
  }
  const auto row = Find(SessionTable().Get(*environment_.db.Read(), kv::KeyOf(token->session_id)));
  if (!row.ok() || !row->has_value()) return "";
  const PresentedToken presented = Examine(*token, **row, environment_.secrets);
  const RefreshVerdict verdict = Judge(**row, presented, environment_.clock.TimeNow());
  return verdict == RefreshVerdict::kInvalid ? "" : token->session_id;
}

void Sessions::Revoke(const rpc::Call& call, const v1::RevokeTokenRequest& request,
                      rpc::Reply<v1::RevokeTokenResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const std::string session_id = SessionOf(request.token());
  if (session_id.empty()) return reply(v1::RevokeTokenResponse());
  environment_.db.Transact(
      [session_id](kv::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(std::optional<SessionRow> row,
                         Find(SessionTable().Get(txn, kv::KeyOf(session_id))));
        if (!row || row->has_end_time()) return absl::OkStatus();
        End(*row, SessionRow::END_REASON_REVOKED, txn.time());
        return SessionTable().Update(txn, *row);
      },
      [this, session_id, reply](absl::StatusOr<uint64_t> stored) {
        if (!stored.ok()) return reply(stored.status());
        environment_.ended.Add({session_id});
        reply(v1::RevokeTokenResponse());
      },
      call.deadline);
}

void Sessions::Introspect(const rpc::Call& call, const v1::IntrospectTokenRequest& request,
                          rpc::Reply<v1::TokenInfo> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  v1::TokenInfo info;
  const auto claims = VerifyToken(environment_, request.token());
  if (!claims.ok()) return reply(std::move(info));
  // A person learns of the own tokens only.
  if (!call.IsService() && call.account_id() != (*claims)->sub()) return reply(std::move(info));
  const auto good = IsGood(**claims);
  if (!good.ok()) return reply(good.status());
  info.set_active(*good);
  if (*good) *info.mutable_claims() = **claims;
  reply(std::move(info));
}

absl::StatusOr<bool> Sessions::IsGood(const AccessClaims& claims) {
  const absl::Time now = environment_.clock.TimeNow();
  const bool for_oneself = claims.organization_id().empty();
  if (for_oneself && good_.Contains(environment_.db.revision(), claims.sid(), now)) return true;
  const std::unique_ptr<kv::Reader> reader = environment_.db.Read();
  const auto session = LiveSession(*reader, claims.sid(), claims.sub(), now);
  if (absl::IsUnauthenticated(session.status())) return false;
  RETURN_IF_ERROR(session.status());
  ASSIGN_OR_RETURN(const std::optional<AccountRow> account, FindAccount(*reader, claims.sub()));
  if (!account || account->account().state() != Account::STATE_ACTIVE) return false;
  if (for_oneself) {
    good_.Add(reader->revision(), claims.sid(), FromTimestamp(session->idle_expire_time()));
    return true;
  }
  ASSIGN_OR_RETURN(const std::optional<OrganizationRow> organization,
                   FindOrganization(*reader, claims.organization_id()));
  return MayActFor(organization, claims.sub(), now);
}

void Sessions::GetSigningKeys(const rpc::Call& call, rpc::Reply<policy::v1::SigningKeySet> reply) {
  policy::v1::SigningKeySet set = environment_.keys.PublicKeys();
  if (!call.peer.empty() && !call.forwarded) {
    for (std::string& id : environment_.ended.List()) set.add_ended_sessions(std::move(id));
  }
  reply(std::move(set));
}

}  // namespace eid::identity
