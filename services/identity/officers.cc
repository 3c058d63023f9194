// SPDX-License-Identifier: Apache-2.0
#include "services/identity/officers.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/identity/v1/errors.pb.h"
#include "services/identity/fields.h"
#include "services/identity/sessions.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"
#include "services/identity/viewing.h"

namespace eid::identity {
namespace {

using policy::v1::OfficerRole;
using v1::Account;
using v1::Officer;

constexpr char kListMethod[] = "OfficerService/ListOfficers";

// Whether anybody else could still administer: has the role, and an account to log in with.
absl::StatusOr<bool> AnotherAdministers(const kv::Reader& reader, const std::string& account_id) {
  std::vector<std::string> others;
  RETURN_IF_ERROR(OfficerTable().Scan(
      reader,
      {.index = kOfficerByRole, .prefix = kv::KeyOf(policy::v1::OFFICER_ROLE_ADMINISTRATOR)},
      [&](OfficerRow row, absl::string_view) {
        if (row.officer().account_id() != account_id) others.push_back(row.officer().account_id());
        return true;
      }));
  for (const std::string& other : others) {
    ASSIGN_OR_RETURN(const std::optional<AccountRow> account, FindAccount(reader, other));
    if (account && account->account().state() == Account::STATE_ACTIVE) return true;
  }
  return false;
}

}  // namespace

bool HoldsRole(const Officer& officer, OfficerRole role) {
  return std::count(officer.roles().begin(), officer.roles().end(), role) > 0;
}

bool AddRole(Officer& officer, OfficerRole role, absl::string_view unit_code, absl::Time now) {
  const bool other_unit = !unit_code.empty() && unit_code != officer.unit_code();
  if (HoldsRole(officer, role) && !other_unit) return false;
  if (!HoldsRole(officer, role)) {
    officer.add_roles(role);
    std::sort(officer.mutable_roles()->begin(), officer.mutable_roles()->end());
  }
  if (other_unit) officer.set_unit_code(std::string(unit_code));
  *officer.mutable_update_time() = ToTimestamp(now);
  return true;
}

bool RemoveRole(Officer& officer, OfficerRole role, absl::Time now) {
  if (!HoldsRole(officer, role)) return false;
  auto& roles = *officer.mutable_roles();
  roles.erase(std::remove(roles.begin(), roles.end(), role), roles.end());
  *officer.mutable_update_time() = ToTimestamp(now);
  return true;
}

void Officers::Grant(const rpc::Call& call, const v1::GrantRoleRequest& request,
                     rpc::Reply<Officer> reply) {
  if (request.account_id() == call.account_id() && !request.account_id().empty()) {
    return reply(Error(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SELF_GRANT_FORBIDDEN,
                       "Nobody grants a role to oneself."));
  }
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<Officer>(
      environment_.db,
      {.scope = kv::KeyOf(call.CallerId(), "GrantRole"),
       .request_id = request.request_id(),
       .digest = kv::DigestOf(request)},
      [this, request](kv::Txn& txn) { return GrantIn(txn, request); }, reply, call.deadline);
}

absl::StatusOr<Officer> Officers::GrantIn(kv::Txn& txn, const v1::GrantRoleRequest& request) const {
  ASSIGN_OR_RETURN(const std::optional<AccountRow> account, FindAccount(txn, request.account_id()));
  if (!account) {
    return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ACCOUNT_NOT_FOUND,
                 "No such account.");
  }
  if (account->account().state() != Account::STATE_ACTIVE || account->account().level() < 2) {
    return WithPrecondition(
        Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE,
              "An officer needs an active account of level 2."),
        "ACCOUNT_STATE", request.account_id(), "The person must activate the account first.");
  }
  ASSIGN_OR_RETURN(OfficerRow row, OfficerOf(txn, request.account_id()));
  Officer& officer = *row.mutable_officer();
  if (officer.unit_code().empty() && request.unit_code().empty()) {
    Violations violations;
    violations.Add("unit_code", policy::v1::FIELD_REASON_REQUIRED,
                   "Must be set with the first role.");
    return ToStatus(violations);
  }
  if (AddRole(officer, request.role(), request.unit_code(), txn.time())) {
    RETURN_IF_ERROR(PutOfficer(txn, row));
  }
  return officer;
}

void Officers::Revoke(const rpc::Call& call, const v1::RevokeRoleRequest& request,
                      rpc::Reply<Officer> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  auto ended = std::make_shared<std::vector<std::string>>();
  kv::Mutate<Officer>(
      environment_.db,
      {.scope = kv::KeyOf(call.CallerId(), "RevokeRole"),
       .request_id = request.request_id(),
       .digest = kv::DigestOf(request)},
      [this, request, ended](kv::Txn& txn) { return RevokeIn(txn, request, *ended); },
      [this, ended, reply](absl::StatusOr<Officer> officer) {
        if (officer.ok()) environment_.ended.Add(*ended);
        reply(std::move(officer));
      },
      call.deadline);
}

absl::StatusOr<Officer> Officers::RevokeIn(kv::Txn& txn, const v1::RevokeRoleRequest& request,
                                           std::vector<std::string>& ended) const {
  ASSIGN_OR_RETURN(OfficerRow row, OfficerOf(txn, request.account_id()));
  Officer& officer = *row.mutable_officer();
  if (officer.roles().empty() && officer.etag().empty()) {
    return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_OFFICER_NOT_FOUND,
                 "No such officer.");
  }
  if (!HoldsRole(officer, request.role())) return officer;
  if (request.role() == policy::v1::OFFICER_ROLE_ADMINISTRATOR) {
    ASSIGN_OR_RETURN(const bool another, AnotherAdministers(txn, request.account_id()));
    if (!another) {
      return WithPrecondition(
          Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAST_ADMINISTRATOR,
                "The last administrator stays."),
          "OFFICER_ROLES", request.account_id(),
          "Grant the role to somebody with an active account first.");
    }
  }
  RemoveRole(officer, request.role(), txn.time());
  RETURN_IF_ERROR(PutOfficer(txn, row));
  ASSIGN_OR_RETURN(ended,
                   EndSessionsOf(txn, request.account_id(), SessionRow::END_REASON_ROLE_REVOKED));
  return officer;
}

void Officers::List(const rpc::Call&, const v1::ListOfficersRequest& request,
                    rpc::Reply<v1::ListOfficersResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  reply(ListNow(request));
}

absl::StatusOr<v1::ListOfficersResponse> Officers::ListNow(
    const v1::ListOfficersRequest& request) const {
  ASSIGN_OR_RETURN(const Paging paging, PagingOf(environment_.db, kListMethod, "", request));
  ASSIGN_OR_RETURN(
      const kv::RowPage<OfficerRow> page,
      OfficerTable().Page(
          *environment_.db.Read(),
          {.index = kOfficerByRole, .prefix = kv::KeyOf(request.role()), .after = paging.after},
          paging.size));
  v1::ListOfficersResponse response;
  for (const OfficerRow& row : page.rows) *response.add_officers() = row.officer();
  response.set_next_page_token(paging.Next(page.next_position));
  return response;
}

}  // namespace eid::identity
