// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/str_join.h"
#include "common/rpc/pipeline.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {
namespace {

using policy::v1::Audience;
using policy::v1::Policy;

bool Admits(const Policy& policy, Audience audience) {
  return std::count(policy.audiences().begin(), policy.audiences().end(), audience) > 0;
}

absl::Status Refuse(policy::v1::CommonReason reason, absl::string_view message,
                    std::string required, std::string actual) {
  return Error(absl::StatusCode::kPermissionDenied, reason, message,
               {{"required", std::move(required)}, {"actual", std::move(actual)}});
}

template <class Roles>
std::string RoleNames(const Roles& roles) {
  return absl::StrJoin(roles, ",", [](std::string* out, int role) {
    out->append(ShortName(static_cast<policy::v1::OfficerRole>(role)));
  });
}

bool HoldsRole(const Policy& policy, const Call& call) {
  if (policy.roles().empty()) return call.IsOfficer();
  return std::any_of(policy.roles().begin(), policy.roles().end(), [&](int role) {
    return call.HasRole(static_cast<policy::v1::OfficerRole>(role));
  });
}

// Levels and principal: asked of holders and officers alike.
absl::Status CheckSession(const Policy& policy, const policy::v1::AccessClaims& claims) {
  if (claims.account_level() < policy.least_account_level()) {
    return Refuse(policy::v1::COMMON_REASON_ACCOUNT_LEVEL_TOO_LOW, "the account's level is too low",
                  std::to_string(policy.least_account_level()),
                  std::to_string(claims.account_level()));
  }
  if (claims.authentication_level() < policy.least_authentication_level()) {
    return Refuse(policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW,
                  "the session's authentication level is too low",
                  std::to_string(policy.least_authentication_level()),
                  std::to_string(claims.authentication_level()));
  }
  if (policy.principal() != policy::v1::PRINCIPAL_KIND_UNSPECIFIED &&
      policy.principal() != claims.principal()) {
    return Refuse(policy::v1::COMMON_REASON_WRONG_PRINCIPAL,
                  "the caller acts for the wrong principal", ShortName(policy.principal()),
                  ShortName(claims.principal()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Audience> AuthorizePerson(const Policy& policy, const Call& call) {
  const bool as_officer = Admits(policy, policy::v1::AUDIENCE_OFFICER) && HoldsRole(policy, call);
  if (!as_officer && !Admits(policy, policy::v1::AUDIENCE_HOLDER)) {
    return Refuse(policy::v1::COMMON_REASON_PERMISSION_DENIED, "for officers only",
                  policy.roles().empty() ? "any officer" : RoleNames(policy.roles()),
                  RoleNames(call.claims->roles()));
  }
  if (absl::Status session = CheckSession(policy, *call.claims); !session.ok()) return session;
  return as_officer ? policy::v1::AUDIENCE_OFFICER : policy::v1::AUDIENCE_HOLDER;
}

}  // namespace

absl::StatusOr<Audience> Authorize(const Method& method, const Call& call,
                                   const CallerList& callers) {
  const Policy& policy = method.policy;
  const bool for_persons =
      Admits(policy, policy::v1::AUDIENCE_HOLDER) || Admits(policy, policy::v1::AUDIENCE_OFFICER);
  const bool for_public = Admits(policy, policy::v1::AUDIENCE_PUBLIC);
  if (for_persons && call.claims) {
    absl::StatusOr<Audience> person = AuthorizePerson(policy, call);
    if (person.ok() || !for_public) return person;
    return policy::v1::AUDIENCE_PUBLIC;
  }
  if (Admits(policy, policy::v1::AUDIENCE_SERVICE) && !call.peer.empty() &&
      callers.Allows(method.service, call.peer)) {
    return policy::v1::AUDIENCE_SERVICE;
  }
  if (for_public) return policy::v1::AUDIENCE_PUBLIC;
  if (for_persons) {
    return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
                 "an access token is needed");
  }
  return Refuse(policy::v1::COMMON_REASON_PERMISSION_DENIED, "for services on the list only",
                "SERVICE", call.peer);
}

CallerList::CallerList(const RpcConfig& config) {
  for (const AllowedCallers& allowed : config.allowed_callers()) {
    for (const std::string& caller : allowed.callers()) Allow(allowed.service(), caller);
  }
}

CallerList& CallerList::Allow(absl::string_view service, absl::string_view caller) {
  callers_[service].insert(std::string(caller));
  return *this;
}

bool CallerList::Allows(absl::string_view service, absl::string_view caller) const {
  const auto found = callers_.find(service);
  return found != callers_.end() && found->second.contains(caller);
}

}  // namespace eid::rpc
