// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "eid/policy/v1/token.pb.h"
#include "services/identity/environment.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

// How long an access token lives.
inline constexpr absl::Duration kTokenLife = absl::Seconds(auth::kMaxLifeSeconds);
// The mandate of a legal representative (đại diện theo pháp luật).
inline constexpr absl::string_view kStatutory = "STATUTORY";

// A session as one transaction left it, and what its token says.
struct Granted {
  SessionRow session;
  AccountRow account;
  OfficerRow officer;
  // Goes to the client; empty: the client keeps the one that it has.
  std::string refresh_token;
};

// What the token says. Pure.
policy::v1::AccessClaims ClaimsOf(const Granted& granted, std::string token_id, absl::Time now);

// What the client gets: signs the token, so not on the writer's thread.
absl::StatusOr<v1::Session> Issue(const Environment& environment, const Granted& granted);

// The same on the signing pool, as the answer to a call.
void IssueLater(const Environment& environment, std::shared_ptr<const Granted> granted,
                rpc::Reply<v1::Session> reply);

}  // namespace eid::identity
