// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/call.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace eid::rpc {

absl::string_view Call::account_id() const {
  return claims ? absl::string_view(claims->sub()) : absl::string_view();
}

absl::string_view Call::session_id() const {
  return claims ? absl::string_view(claims->sid()) : absl::string_view();
}

bool Call::HasRole(policy::v1::OfficerRole role) const {
  return claims && std::count(claims->roles().begin(), claims->roles().end(), role) > 0;
}

bool Call::IsOfficer() const { return claims && !claims->roles().empty(); }

bool Call::acts_for_organization() const {
  return claims && claims->principal() == policy::v1::PRINCIPAL_KIND_ORGANIZATION;
}

absl::string_view Call::organization_id() const {
  return acts_for_organization() ? absl::string_view(claims->organization_id())
                                 : absl::string_view();
}

int Call::authentication_level() const { return claims ? claims->authentication_level() : 0; }

int Call::account_level() const { return claims ? claims->account_level() : 0; }

bool Call::IsService() const { return audience == policy::v1::AUDIENCE_SERVICE; }

std::string Call::CallerId() const {
  if (acts_for_organization()) {
    return absl::StrCat("account:", account_id(), "/organization:", organization_id());
  }
  if (claims) return absl::StrCat("account:", account_id());
  if (IsService()) return absl::StrCat("service:", peer);
  return absl::StrCat("public:", client);
}

}  // namespace eid::rpc
