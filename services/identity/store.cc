// SPDX-License-Identifier: Apache-2.0
#include "services/identity/store.h"

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/macros.h"

namespace eid::identity {
namespace {

using kv::IndexKeys;
using kv::KeyOf;

template <class Resource>
kv::Descending Newest(const Resource& resource) {
  return kv::Desc(FromTimestamp(resource.create_time()));
}

// Where a resource that waits for its activation is found by the end of its window.
template <class Resource>
IndexKeys ByWindow(const Resource& resource) {
  if (resource.state() != Resource::STATE_GRANTED) return {};
  return KeyOf(FromTimestamp(resource.activation_expire_time()));
}

kv::TableSpec<AccountRow> Accounts() {
  using Row = AccountRow;
  return {
      .number = 1,
      .name = "accounts",
      .key = [](const Row& row) { return KeyOf(row.account().account_id()); },
      .indexes = {
          {.number = kAccountByPersonalId,
           .name = "by_personal_id",
           .unique = true,
           .key = [](const Row& row) -> IndexKeys { return KeyOf(row.account().personal_id()); }},
          {.number = kAccountByTime,
           .name = "by_time",
           .key = [](const Row& row) -> IndexKeys { return KeyOf(Newest(row.account())); }},
          {.number = kAccountByState,
           .name = "by_state",
           .key = [](const Row& row) -> IndexKeys {
             return KeyOf(row.account().state(), Newest(row.account()));
           }},
          {.number = kAccountByWindow,
           .name = "by_window",
           .key = [](const Row& row) { return ByWindow(row.account()); }},
      }};
}

IndexKeys ByRepresentative(const v1::Organization& organization, bool with_state) {
  IndexKeys keys;
  for (const std::string& account : organization.representative_account_ids()) {
    keys.push_back(with_state ? KeyOf(account, organization.state(), Newest(organization))
                              : KeyOf(account, Newest(organization)));
  }
  return keys;
}

kv::TableSpec<OrganizationRow> Organizations() {
  using Row = OrganizationRow;
  return {
      .number = 2,
      .name = "organizations",
      .key = [](const Row& row) { return KeyOf(row.organization().organization_id()); },
      .indexes = {
          {.number = kOrganizationByRegistration,
           .name = "by_registration",
           .unique = true,
           .key = [](const Row& row) -> IndexKeys {
             return KeyOf(row.organization().registration_id());
           }},
          {.number = kOrganizationByIdentity,
           .name = "by_identity",
           .unique = true,
           .key =
               [](const Row& row) {
                 IndexKeys keys;
                 for (const std::string& identity : row.identities())
                   keys.push_back(KeyOf(identity));
                 return keys;
               }},
          {.number = kOrganizationByTime,
           .name = "by_time",
           .key = [](const Row& row) -> IndexKeys { return KeyOf(Newest(row.organization())); }},
          {.number = kOrganizationByState,
           .name = "by_state",
           .key = [](const Row& row) -> IndexKeys {
             return KeyOf(row.organization().state(), Newest(row.organization()));
           }},
          {.number = kOrganizationByRepresentative,
           .name = "by_representative",
           .key = [](const Row& row) { return ByRepresentative(row.organization(), false); }},
          {.number = kOrganizationByRepresentativeState,
           .name = "by_representative_state",
           .key = [](const Row& row) { return ByRepresentative(row.organization(), true); }},
          {.number = kOrganizationByWindow,
           .name = "by_window",
           .key = [](const Row& row) { return ByWindow(row.organization()); }},
      }};
}

kv::TableSpec<OfficerRow> Officers() {
  using Row = OfficerRow;
  return {.number = 3,
          .name = "officers",
          .key = [](const Row& row) { return KeyOf(row.officer().account_id()); },
          .indexes = {{.number = kOfficerByRole, .name = "by_role", .key = [](const Row& row) {
                         IndexKeys keys;
                         const v1::Officer& officer = row.officer();
                         if (officer.roles().empty()) return keys;
                         keys.push_back(
                             KeyOf(policy::v1::OFFICER_ROLE_UNSPECIFIED, officer.account_id()));
                         for (const int role : officer.roles()) {
                           keys.push_back(KeyOf(static_cast<policy::v1::OfficerRole>(role),
                                                officer.account_id()));
                         }
                         return keys;
                       }}}};
}

kv::TableSpec<SessionRow> Sessions() {
  using Row = SessionRow;
  return {
      .number = 4,
      .name = "sessions",
      .key = [](const Row& row) { return KeyOf(row.session_id()); },
      .indexes = {
          {.number = kSessionByAccount,
           .name = "by_account",
           .key = [](const Row& row) -> IndexKeys {
             if (row.has_end_time()) return {};
             return KeyOf(row.account_id(), FromTimestamp(row.create_time()));
           }},
          {.number = kSessionByEnd,
           .name = "by_end",
           .key = [](const Row& row) -> IndexKeys {
             if (!row.has_end_time()) return {};
             return KeyOf(kv::Desc(FromTimestamp(row.end_time())));
           }},
          {.number = kSessionByExpiry, .name = "by_expiry", .key = [](const Row& row) -> IndexKeys {
             return KeyOf(FromTimestamp(row.expire_time()));
           }}}};
}

kv::TableSpec<ChallengeRow> Challenges() {
  using Row = ChallengeRow;
  return {.number = 5,
          .name = "challenges",
          .key = [](const Row& row) { return KeyOf(row.challenge_id()); },
          .indexes = {{.number = kChallengeByExpiry,
                       .name = "by_expiry",
                       .key = [](const Row& row) -> IndexKeys {
                         return KeyOf(FromTimestamp(row.expire_time()));
                       }}}};
}

}  // namespace

const kv::Table<AccountRow>& AccountTable() {
  static const auto* const table = new kv::Table<AccountRow>(Accounts());
  return *table;
}

const kv::Table<OrganizationRow>& OrganizationTable() {
  static const auto* const table = new kv::Table<OrganizationRow>(Organizations());
  return *table;
}

const kv::Table<OfficerRow>& OfficerTable() {
  static const auto* const table = new kv::Table<OfficerRow>(Officers());
  return *table;
}

const kv::Table<SessionRow>& SessionTable() {
  static const auto* const table = new kv::Table<SessionRow>(Sessions());
  return *table;
}

const kv::Table<ChallengeRow>& ChallengeTable() {
  static const auto* const table = new kv::Table<ChallengeRow>(Challenges());
  return *table;
}

const kv::Table<ThrottleRow>& ThrottleTable() {
  static const auto* const table = new kv::Table<ThrottleRow>(
      {.number = 6,
       .name = "throttles",
       .key = [](const ThrottleRow& row) { return KeyOf(row.subject()); },
       .indexes = {{.number = kThrottleByForgetTime,
                    .name = "by_forget_time",
                    .key = [](const ThrottleRow& row) -> IndexKeys {
                      return KeyOf(FromTimestamp(row.forget_time()));
                    }}}});
  return *table;
}

const kv::Table<SigningKeyRow>& SigningKeyTable() {
  static const auto* const table = new kv::Table<SigningKeyRow>(
      {.number = 7, .name = "signing_keys", .key = [](const SigningKeyRow& row) {
         return KeyOf(row.key_id());
       }});
  return *table;
}

const kv::Table<CounterRow>& CounterTable() {
  static const auto* const table =
      new kv::Table<CounterRow>({.number = 8, .name = "counters", .key = [](const CounterRow& row) {
                                   return KeyOf(row.name());
                                 }});
  return *table;
}

absl::StatusOr<std::optional<AccountRow>> FindAccount(const kv::Reader& reader,
                                                      absl::string_view account_id) {
  return Find(AccountTable().Get(reader, KeyOf(account_id)));
}

absl::StatusOr<std::optional<AccountRow>> FindAccountByPersonalId(const kv::Reader& reader,
                                                                  absl::string_view personal_id) {
  return Find(AccountTable().GetBy(reader, kAccountByPersonalId, KeyOf(personal_id)));
}

absl::StatusOr<std::optional<OrganizationRow>> FindOrganization(const kv::Reader& reader,
                                                                absl::string_view organization_id) {
  return Find(OrganizationTable().Get(reader, KeyOf(organization_id)));
}

absl::StatusOr<ThrottleRow> ThrottleOf(const kv::Reader& reader, absl::string_view subject) {
  ASSIGN_OR_RETURN(std::optional<ThrottleRow> found,
                   Find(ThrottleTable().Get(reader, KeyOf(subject))));
  if (found.has_value()) return *std::move(found);
  ThrottleRow row;
  row.set_subject(std::string(subject));
  return row;
}

absl::StatusOr<OfficerRow> OfficerOf(const kv::Reader& reader, absl::string_view account_id) {
  ASSIGN_OR_RETURN(std::optional<OfficerRow> found,
                   Find(OfficerTable().Get(reader, KeyOf(account_id))));
  if (found.has_value()) return *std::move(found);
  OfficerRow row;
  row.mutable_officer()->set_account_id(std::string(account_id));
  return row;
}

absl::Status PutAccount(kv::Txn& txn, AccountRow& row) {
  row.mutable_account()->set_etag(absl::StrCat(txn.revision()));
  return AccountTable().Put(txn, row);
}

absl::Status PutOrganization(kv::Txn& txn, OrganizationRow& row) {
  row.mutable_organization()->set_etag(absl::StrCat(txn.revision()));
  return OrganizationTable().Put(txn, row);
}

absl::Status PutOfficer(kv::Txn& txn, OfficerRow& row) {
  row.mutable_officer()->set_etag(absl::StrCat(txn.revision()));
  return OfficerTable().Put(txn, row);
}

}  // namespace eid::identity
