// SPDX-License-Identifier: Apache-2.0
#include "services/identity/organizations.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/clock/timestamp.h"
#include "common/dossier/organization_keys.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/identity/fields.h"
#include "services/identity/lifecycle.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"
#include "services/identity/viewing.h"

namespace eid::identity {
namespace {

using v1::Account;
using v1::Organization;

constexpr char kListMethod[] = "OrganizationService/ListOrganizations";
constexpr char kNumbers[] = "organization_number";

absl::Status OrganizationNotFound() {
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
               "No such organization.");
}

absl::Status WrongState(v1::ErrorReason reason, absl::string_view message,
                        const std::string& organization_id, absl::string_view remedy) {
  return WithPrecondition(Error(absl::StatusCode::kFailedPrecondition, reason, message),
                          "ORGANIZATION_STATE", organization_id, remedy);
}

absl::Status Locked(const std::string& organization_id) {
  return WrongState(v1::ERROR_REASON_ORGANIZATION_LOCKED, "The organization's account is locked.",
                    organization_id, "Have the ground of the lock lifted first.");
}

// ORGANIZATION_EXISTS if any of these identities is another account's.
absl::Status CheckIdentities(const kv::Reader& reader, const std::vector<std::string>& identities) {
  for (const std::string& identity : identities) {
    ASSIGN_OR_RETURN(
        const std::optional<OrganizationRow> same,
        Find(OrganizationTable().GetBy(reader, kOrganizationByIdentity, kv::KeyOf(identity))));
    if (!same) continue;
    return Error(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ORGANIZATION_EXISTS,
                 "The organization has an account already.",
                 {{"organization_id", same->organization().organization_id()}});
  }
  return absl::OkStatus();
}

// The next number: digits, in sequence, never used again (Decree 69/2024 Art. 6, field 1).
absl::StatusOr<std::string> NextNumber(kv::Txn& txn) {
  ASSIGN_OR_RETURN(std::optional<CounterRow> counter,
                   Find(CounterTable().Get(txn, kv::KeyOf(kNumbers))));
  if (!counter) {
    counter.emplace();
    counter->set_name(kNumbers);
  }
  counter->set_value(counter->value() + 1);
  RETURN_IF_ERROR(CounterTable().Put(txn, *counter));
  return absl::StrFormat("%012d", counter->value());
}

// Every representative has an account here; accounts are never deleted.
absl::Status CheckAccounts(const kv::Reader& reader, const v1::EnsureOrganizationRequest& request) {
  Violations violations;
  const auto check = [&](const std::string& account_id, const std::string& field) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<AccountRow> row, FindAccount(reader, account_id));
    if (!row) violations.Add(field, policy::v1::FIELD_REASON_UNKNOWN_VALUE, "No such account.");
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(check(request.representative_account_id(), "representative_account_id"));
  for (int i = 0; i < request.co_representative_account_ids_size(); ++i) {
    RETURN_IF_ERROR(check(request.co_representative_account_ids(i),
                          Indexed("co_representative_account_ids", static_cast<size_t>(i))));
  }
  return ToStatus(violations);
}

}  // namespace

void Organizations::Get(const rpc::Call& call, const v1::GetOrganizationRequest& request,
                        rpc::Reply<Organization> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const auto row = FindOrganization(*environment_.db.Read(), request.organization_id());
  if (!row.ok()) return reply(row.status());
  const bool own = row->has_value() && Represents((*row)->organization(), call.account_id());
  if (!own) {
    if (!SeesAll(call)) return reply(OrganizationNotFound());
    if (absl::Status level = NeedsTwoFactors(call); !level.ok()) return reply(std::move(level));
  }
  if (!row->has_value()) return reply(OrganizationNotFound());
  reply(ShownAt((*row)->organization(), environment_.clock.TimeNow()));
}

void Organizations::List(const rpc::Call& call, const v1::ListOrganizationsRequest& request,
                         rpc::Reply<v1::ListOrganizationsResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  if (request.all()) {
    if (!SeesAll(call)) {
      return reply(Error(absl::StatusCode::kPermissionDenied,
                         policy::v1::COMMON_REASON_PERMISSION_DENIED,
                         "all organizations are listed for officers only"));
    }
    if (absl::Status level = NeedsTwoFactors(call); !level.ok()) return reply(std::move(level));
  }
  reply(ListNow(call, request));
}

absl::StatusOr<v1::ListOrganizationsResponse> Organizations::ListNow(
    const rpc::Call& call, const v1::ListOrganizationsRequest& request) const {
  const absl::Time now = environment_.clock.TimeNow();
  const bool any_state = request.state() == Organization::STATE_UNSPECIFIED;
  const std::string owner = request.all() ? "" : std::string(call.account_id());
  ASSIGN_OR_RETURN(const Paging paging, PagingOf(environment_.db, kListMethod, owner, request));
  kv::RowRange range = {.after = paging.after};
  if (request.all()) {
    range.index = any_state ? kOrganizationByTime : kOrganizationByState;
    if (!any_state) range.prefix = kv::KeyOf(request.state());
  } else {
    range.index = any_state ? kOrganizationByRepresentative : kOrganizationByRepresentativeState;
    range.prefix = any_state ? kv::KeyOf(owner) : kv::KeyOf(owner, request.state());
  }
  const auto wanted = [&](const OrganizationRow& row) {
    return any_state || StateAt(row.organization(), now) == request.state();
  };
  ASSIGN_OR_RETURN(const kv::RowPage<OrganizationRow> page,
                   OrganizationTable().Page(*environment_.db.Read(), range, paging.size, wanted));
  v1::ListOrganizationsResponse response;
  for (const OrganizationRow& row : page.rows) {
    *response.add_organizations() = ShownAt(row.organization(), now);
  }
  response.set_next_page_token(paging.Next(page.next_position));
  return response;
}

void Organizations::Activate(const rpc::Call& call, const v1::ActivateOrganizationRequest& request,
                             rpc::Reply<Organization> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<Organization>(
      environment_.db,
      {.scope = kv::KeyOf(call.CallerId(), "ActivateOrganization"),
       .request_id = request.request_id(),
       .digest = kv::DigestOf(request)},
      [this, request, account_id = std::string(call.account_id())](kv::Txn& txn) {
        return ActivateIn(txn, account_id, request);
      },
      reply, call.deadline);
}

absl::StatusOr<Organization> Organizations::ActivateIn(
    kv::Txn& txn, const std::string& account_id,
    const v1::ActivateOrganizationRequest& request) const {
  ASSIGN_OR_RETURN(std::optional<OrganizationRow> row,
                   FindOrganization(txn, request.organization_id()));
  if (!row || !Represents(row->organization(), account_id)) return OrganizationNotFound();
  ASSIGN_OR_RETURN(const std::optional<AccountRow> account, FindAccount(txn, account_id));
  if (!account || account->account().state() != Account::STATE_ACTIVE) {
    return OrganizationNotFound();
  }
  Organization& organization = *row->mutable_organization();
  if (!request.etag().empty() && request.etag() != organization.etag()) {
    return Error(absl::StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH,
                 "The organization was changed meanwhile. Read it again.");
  }
  switch (StateAt(organization, txn.time())) {
    case Organization::STATE_ACTIVE: return organization;
    case Organization::STATE_GRANTED: break;
    case Organization::STATE_LOCKED: return Locked(request.organization_id());
    case Organization::STATE_ACTIVATION_EXPIRED:
      return WrongState(v1::ERROR_REASON_ACTIVATION_EXPIRED, "The activation window is over.",
                        request.organization_id(), "An officer re-opens it: hotline 1900.0368.");
    default: return absl::InternalError("an organization in a state that is none");
  }
  organization.set_state(Organization::STATE_ACTIVE);
  *organization.mutable_activate_time() = ToTimestamp(txn.time());
  RETURN_IF_ERROR(PutOrganization(txn, *row));
  return organization;
}

void Organizations::Reopen(const rpc::Call& call, const v1::ReopenActivationRequest& request,
                           rpc::Reply<Organization> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<Organization>(
      environment_.db,
      {.scope = kv::KeyOf(call.CallerId(), "ReopenActivation"),
       .request_id = request.request_id(),
       .digest = kv::DigestOf(request)},
      [this, organization_id = request.organization_id()](kv::Txn& txn) {
        return ReopenIn(txn, organization_id);
      },
      reply, call.deadline);
}

absl::StatusOr<Organization> Organizations::ReopenIn(kv::Txn& txn,
                                                     const std::string& organization_id) const {
  ASSIGN_OR_RETURN(std::optional<OrganizationRow> row, FindOrganization(txn, organization_id));
  if (!row) return OrganizationNotFound();
  switch (StateAt(row->organization(), txn.time())) {
    case Organization::STATE_GRANTED: return row->organization();
    case Organization::STATE_ACTIVATION_EXPIRED: break;
    case Organization::STATE_ACTIVE:
      return WrongState(v1::ERROR_REASON_ALREADY_ACTIVE, "The organization's account is active.",
                        organization_id, "There is nothing to re-open.");
    case Organization::STATE_LOCKED: return Locked(organization_id);
    default: return absl::InternalError("an organization in a state that is none");
  }
  RETURN_IF_ERROR(OpenWindow(*row, txn.time()));
  RETURN_IF_ERROR(PutOrganization(txn, *row));
  return row->organization();
}

absl::Status Organizations::OpenWindow(OrganizationRow& row, absl::Time now) const {
  const auto window = ActivationWindow(now, environment_.periods, environment_.calendar);
  if (!window.ok()) {
    return absl::InternalError(absl::StrCat("no activation window: ", window.status().message()));
  }
  row.set_window_version(window->period_version);
  row.mutable_organization()->set_state(Organization::STATE_GRANTED);
  *row.mutable_organization()->mutable_activation_expire_time() = ToTimestamp(window->due_time);
  return absl::OkStatus();
}

void Organizations::Ensure(const rpc::Call& call, const v1::EnsureOrganizationRequest& request,
                           rpc::Reply<Organization> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  auto organization = std::make_shared<Organization>();
  environment_.db.Transact(
      [this, request, organization,
       new_id = environment_.ids.NewId()](kv::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(*organization, EnsureIn(txn, request, new_id));
        return absl::OkStatus();
      },
      [organization, reply](absl::StatusOr<uint64_t> stored) {
        if (!stored.ok()) return reply(stored.status());
        reply(std::move(*organization));
      },
      call.deadline);
}

absl::StatusOr<Organization> Organizations::EnsureIn(kv::Txn& txn,
                                                     const v1::EnsureOrganizationRequest& request,
                                                     const std::string& new_id) const {
  const absl::Time now = txn.time();
  ASSIGN_OR_RETURN(const std::optional<OrganizationRow> granted,
                   Find(OrganizationTable().GetBy(txn, kOrganizationByRegistration,
                                                  kv::KeyOf(request.registration_id()))));
  // The mutant does not look for what an earlier call made.
  if (granted && !fault::Mutant("step_not_idempotent")) {
    if (granted->dossier_digest() != request.dossier_digest()) {
      LogEvent(Severity::kError, "organization.dossier_differs",
               {{"registration", request.registration_id()}});
    }
    return ShownAt(granted->organization(), now);
  }
  OrganizationRow row;
  const std::vector<std::string> identities = dossier::OrganizationKeys(request.dossier());
  RETURN_IF_ERROR(CheckIdentities(txn, identities));
  RETURN_IF_ERROR(CheckAccounts(txn, request));
  *row.mutable_identities() = {identities.begin(), identities.end()};
  row.set_dossier_digest(request.dossier_digest());
  Organization& organization = *row.mutable_organization();
  organization.set_organization_id(new_id);
  ASSIGN_OR_RETURN(*organization.mutable_organization_number(), NextNumber(txn));
  *organization.mutable_dossier() = request.dossier();
  organization.add_representative_account_ids(request.representative_account_id());
  for (const std::string& account_id : request.co_representative_account_ids()) {
    if (!Represents(organization, account_id)) {
      organization.add_representative_account_ids(account_id);
    }
  }
  organization.set_registration_id(request.registration_id());
  *organization.mutable_create_time() = ToTimestamp(now);
  RETURN_IF_ERROR(OpenWindow(row, now));
  RETURN_IF_ERROR(PutOrganization(txn, row));
  return organization;
}

}  // namespace eid::identity
