// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/rpc/reply.h"
#include "eid/policy/v1/policy.pb.h"

namespace eid::rpc {

struct Method;

// Everything an operation may know about a call: who calls, for whom, how long the caller waits. It
// is a value, knows no gRPC, and is all that passes from the wire to the operations. By the time an
// operation sees it, the pipeline has admitted the call: the method's policy holds.
struct Call {
  // "/eid.approval.v1.ApprovalService/GetCase".
  std::string method;
  // Name of the service at the other end of the connection, from its certificate's URI SAN
  // ("spiffe://eid.local/service/gateway" is "gateway"). Empty without a certificate.
  std::string peer;
  // What the access token says, checked. Null when there is none (public calls, calls of services).
  auth::Claims claims;
  // x-request-id: names this call in the logs of every process that it passes. Never empty in an
  // admitted call.
  std::string request_tag;
  // Address of the client, as the gateway saw it; the address of the peer when there is no gateway
  // between.
  std::string client;
  // Whether the gateway passed it on: it names the client of each call that it forwards, and none in
  // its own.
  bool forwarded = false;
  // The access token itself, to be passed on to a peer. Never logged.
  std::string token;
  // When the caller stops waiting. Never infinite in an admitted unary call.
  absl::Time deadline = absl::InfiniteFuture();
  // As what the caller was admitted.
  policy::v1::Audience audience = policy::v1::AUDIENCE_UNSPECIFIED;
  // The method's policy; lives as long as the program. Null only in calls made by hand.
  const policy::v1::Policy* policy = nullptr;
  // The method as its contract describes it, with the policy (policy.h). Null as above.
  const Method* contract = nullptr;

  // Who acts: the account of the person, "" for a service and for the public.
  absl::string_view account_id() const;
  // Id of the person's session, "" without a token.
  absl::string_view session_id() const;
  // Whether the person holds the role. False without a token.
  bool HasRole(policy::v1::OfficerRole role) const;
  // Whether the person holds any officer's role.
  bool IsOfficer() const;
  // Whether the person acts for an organization, and for which ("" if not).
  bool acts_for_organization() const;
  absl::string_view organization_id() const;
  // Levels of the session and of the account; 0 without a token.
  int authentication_level() const;
  int account_level() const;
  // Whether a service of the suite calls in its own name.
  bool IsService() const;
  // One stable name of the caller, for idempotency scopes and audit rows: "account:<id>",
  // "account:<id>/organization:<id>", "service:<name>" or "public:<client address>".
  std::string CallerId() const;
};

}  // namespace eid::rpc
