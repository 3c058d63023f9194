// SPDX-License-Identifier: Apache-2.0
#include "services/identity/session_rules.h"
#include "services/identity/validate.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {

std::vector<MessageEntry> IdentityEntries() {
  using namespace identity::v1;  // NOLINT: this list is about little else
  std::vector<MessageEntry> entries;
  AddRequests<ActAsRequest, ActivateAccountRequest, ActivateOrganizationRequest,
              CreateChallengeRequest, EnsureOrganizationRequest, GetAccountRequest,
              GetOrganizationRequest, GrantRoleRequest, IntrospectTokenRequest, LoginRequest,
              RefreshTokenRequest, ReopenActivationRequest, RevokeRoleRequest, RevokeTokenRequest,
              StepUpRequest>(entries,
                             [](const auto& request) { return identity::Validate(request); });
  AddRequests<EnrollAccountRequest>(
      entries, [](const auto& request) { return identity::Validate(request, kToday); });
  AddLists<ListAccountsRequest, ListOfficersRequest, ListOrganizationsRequest>(
      entries, [](const auto& request) { return identity::Validate(request); });
  return entries;
}

Target IdentityRequests() { return MessageTarget("identity", IdentityEntries()); }

}  // namespace eid::fuzz
