// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "eid/policy/v1/token.pb.h"
#include "services/identity/environment.h"
#include "services/identity/good_sessions.h"
#include "services/identity/session_rules.h"
#include "services/identity/tokens.h"

namespace eid::identity {

// UNAUTHENTICATED: the caller's session is over.
absl::Status SessionOver();

// The session of this person. UNAUTHENTICATED if it is over, or another's.
absl::StatusOr<SessionRow> LiveSession(const kv::Reader& reader, absl::string_view session_id,
                                       absl::string_view account_id, absl::Time now);

// Ends all sessions of a person; gives their ids, for EndedSessions once this has committed.
absl::StatusOr<std::vector<std::string>> EndSessionsOf(kv::Txn& txn, absl::string_view account_id,
                                                       SessionRow::EndReason reason);

// Checks an access token as this service knows best: also whether its session has ended.
absl::StatusOr<auth::Claims> VerifyToken(const Environment& environment, absl::string_view token);

// What happens to sessions once they are open. Thread-safe.
class Sessions {
 public:
  explicit Sessions(const Environment& environment) : environment_(environment) {}

  // AuthenticationService.
  void ActAs(const rpc::Call& call, const v1::ActAsRequest& request, rpc::Reply<v1::Session> reply);
  void Refresh(const rpc::Call& call, const v1::RefreshTokenRequest& request,
               rpc::Reply<v1::Session> reply);
  void Revoke(const rpc::Call& call, const v1::RevokeTokenRequest& request,
              rpc::Reply<v1::RevokeTokenResponse> reply);
  void Introspect(const rpc::Call& call, const v1::IntrospectTokenRequest& request,
                  rpc::Reply<v1::TokenInfo> reply);
  // Which sessions have ended is for the services of the suite alone, not for those whose calls the
  // gateway passes on.
  void GetSigningKeys(const rpc::Call& call, rpc::Reply<policy::v1::SigningKeySet> reply);

 private:
  absl::Status ChoosePrincipal(kv::Txn& txn, const rpc::Call& call,
                               const std::string& organization_id, Granted& granted) const;
  // kReused and the session's end are no error here: they must be stored.
  absl::StatusOr<RefreshVerdict> RefreshIn(kv::Txn& txn, const RefreshToken& token,
                                           const PresentedToken& presented, Granted& granted) const;
  // The session that a token belongs to, "" if it is not a genuine one.
  std::string SessionOf(const std::string& token) const;
  absl::StatusOr<bool> IsGood(const policy::v1::AccessClaims& claims);

  const Environment& environment_;
  GoodSessions good_;
};

}  // namespace eid::identity
