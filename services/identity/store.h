// SPDX-License-Identifier: Apache-2.0
// The tables of identity. Numbers are on disk: never changed, never used again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/table.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

inline constexpr uint32_t kSchemaVersion = 1;
inline constexpr uint32_t kOutboxTable = 9;
inline constexpr uint32_t kOutboxTopic = 1;

// By account_id.
const kv::Table<AccountRow>& AccountTable();
inline constexpr uint32_t kAccountByPersonalId = 1;  // unique: personal_id
inline constexpr uint32_t kAccountByTime = 2;        // newest first
inline constexpr uint32_t kAccountByState = 3;       // state, newest first
inline constexpr uint32_t kAccountByWindow = 4;      // GRANTED ones: end of the activation window

// By organization_id.
const kv::Table<OrganizationRow>& OrganizationTable();
inline constexpr uint32_t kOrganizationByRegistration = 1;    // unique: registration_id
inline constexpr uint32_t kOrganizationByIdentity = 2;        // unique: each of identities
inline constexpr uint32_t kOrganizationByTime = 3;            // newest first
inline constexpr uint32_t kOrganizationByState = 4;           // state, newest first
inline constexpr uint32_t kOrganizationByRepresentative = 5;  // account_id, newest first
inline constexpr uint32_t kOrganizationByRepresentativeState =
    6;                                                // account_id, state, newest first
inline constexpr uint32_t kOrganizationByWindow = 7;  // as above

// By account_id.
const kv::Table<OfficerRow>& OfficerTable();
inline constexpr uint32_t kOfficerByRole = 1;  // role (UNSPECIFIED: any), account_id

// By session_id.
const kv::Table<SessionRow>& SessionTable();
inline constexpr uint32_t kSessionByAccount = 1;  // those not ended: account_id, create_time
inline constexpr uint32_t kSessionByEnd = 2;      // those ended: latest first
inline constexpr uint32_t kSessionByExpiry = 3;   // expire_time

// By challenge_id.
const kv::Table<ChallengeRow>& ChallengeTable();
inline constexpr uint32_t kChallengeByExpiry = 1;  // expire_time

// By subject.
const kv::Table<ThrottleRow>& ThrottleTable();
inline constexpr uint32_t kThrottleByForgetTime = 1;

// By key_id.
const kv::Table<SigningKeyRow>& SigningKeyTable();

// By name.
const kv::Table<CounterRow>& CounterTable();

// The row, nothing if there is none, or what is wrong with the store.
template <class Row>
absl::StatusOr<std::optional<Row>> Find(absl::StatusOr<Row> found) {
  if (found.ok()) return std::optional<Row>(*std::move(found));
  if (absl::IsNotFound(found.status())) return std::optional<Row>();
  return found.status();
}

absl::StatusOr<std::optional<AccountRow>> FindAccount(const kv::Reader& reader,
                                                      absl::string_view account_id);
absl::StatusOr<std::optional<AccountRow>> FindAccountByPersonalId(const kv::Reader& reader,
                                                                  absl::string_view personal_id);
absl::StatusOr<std::optional<OrganizationRow>> FindOrganization(const kv::Reader& reader,
                                                                absl::string_view organization_id);
// Empty but for its subject if there is none.
absl::StatusOr<ThrottleRow> ThrottleOf(const kv::Reader& reader, absl::string_view subject);
// Without roles if the person never had one.
absl::StatusOr<OfficerRow> OfficerOf(const kv::Reader& reader, absl::string_view account_id);

// Writes the row of a resource with the etag of this transaction.
absl::Status PutAccount(kv::Txn& txn, AccountRow& row);
absl::Status PutOrganization(kv::Txn& txn, OrganizationRow& row);
absl::Status PutOfficer(kv::Txn& txn, OfficerRow& row);

}  // namespace eid::identity
