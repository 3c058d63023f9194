// SPDX-License-Identifier: Apache-2.0
#include "services/identity/tokens.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/status/macros.h"
#include "services/identity/levels.h"

namespace eid::identity {

policy::v1::AccessClaims ClaimsOf(const Granted& granted, std::string token_id, absl::Time now) {
  const SessionRow& session = granted.session;
  policy::v1::AccessClaims claims;
  claims.set_sub(session.account_id());
  const int64_t issued = absl::ToUnixSeconds(now);
  // Never longer than the session itself.
  const absl::Time end = std::min(now + kTokenLife, FromTimestamp(session.idle_expire_time()));
  claims.set_iat(issued);
  claims.set_nbf(issued);
  claims.set_exp(std::clamp(absl::ToUnixSeconds(end), issued + 1, issued + auth::kMaxLifeSeconds));
  claims.set_jti(std::move(token_id));
  claims.set_sid(session.session_id());
  claims.set_account_level(granted.account.account().level());
  claims.set_authentication_level(AuthenticationLevel(KindsOf(session)));
  claims.set_auth_time(session.auth_time().seconds());
  *claims.mutable_roles() = granted.officer.officer().roles();
  claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
  if (!session.organization_id().empty()) {
    claims.set_principal(policy::v1::PRINCIPAL_KIND_ORGANIZATION);
    claims.set_organization_id(session.organization_id());
    claims.set_mandate(std::string(kStatutory));
  }
  claims.set_device_key(granted.account.account().device_key());
  return claims;
}

absl::StatusOr<v1::Session> Issue(const Environment& environment, const Granted& granted) {
  const policy::v1::AccessClaims claims =
      ClaimsOf(granted, environment.ids.NewId(), environment.clock.TimeNow());
  v1::Session session;
  ASSIGN_OR_RETURN(*session.mutable_access_token(), environment.keys.Sign(claims));
  session.set_session_id(granted.session.session_id());
  session.mutable_access_expire_time()->set_seconds(claims.exp());
  session.set_refresh_token(granted.refresh_token);
  *session.mutable_refresh_expire_time() = granted.session.idle_expire_time();
  session.set_account_id(claims.sub());
  session.set_authentication_level(claims.authentication_level());
  session.set_organization_id(claims.organization_id());
  return session;
}

void IssueLater(const Environment& environment, std::shared_ptr<const Granted> granted,
                rpc::Reply<v1::Session> reply) {
  auto issue = [&environment, granted = std::move(granted), reply = std::move(reply)] {
    reply(Issue(environment, *granted));
  };
  // The session is stored, so its token is owed: with the pool full, this thread signs.
  if (!environment.signing.Submit(issue)) issue();
}

}  // namespace eid::identity
