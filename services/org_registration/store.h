// SPDX-License-Identifier: Apache-2.0
// Everything that org_registration keeps: its tables and their indexes. Numbers are on disk.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/table.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration {

// 2: open registrations are counted (saving.h). 3: documents are packed (documents.h).
inline constexpr uint32_t kSchemaVersion = 3;

// Table of Registrations().
inline constexpr uint32_t kRegistrationTable = 1;

// Topic of the change feed: what people see of a registration changed. Subjects: SubjectOf.
inline constexpr uint32_t kRegistrationTopic = 1;

// The name that kv::ViolatedIndex gives for a second registration of an organization.
inline constexpr absl::string_view kOrganizationIndex = "by_organization";

// Indexes of Registrations().
inline constexpr uint32_t kByApplicant = 1;          // account, latest first
inline constexpr uint32_t kByApplicantAndState = 2;  // account, state, latest first
inline constexpr uint32_t kByMissingConsent = 3;     // personal number, latest first
inline constexpr uint32_t kByOrganization = 4;       // unique: what a complete file declared
inline constexpr uint32_t kByFileCode = 5;           // unique
inline constexpr uint32_t kByDue = 6;                // due time
inline constexpr uint32_t kByAwayPeer = 7;           // peer, due time
// 8 was what is open by account, until schema 2: never used again.

// Read as you like; written through saving.h alone. The documents are packed (documents.h).
const kv::Table<RegistrationRow>& Registrations();
const kv::Table<FileCounterRow>& FileCounters();
const kv::Table<FollowRow>& Follows();
const kv::Table<OpenCountRow>& OpenCounts();

// Registrations() as they were before schema 2, for the migration.
kv::TableSpec<RegistrationRow> RegistrationSpecOfSchema1();

// Subject of an announcement: names the applicant too, so that a watch need not load the
// registrations of others.
std::string SubjectOf(const RegistrationRow& row);
// Whether the subject is a registration of this applicant's; gives its id.
bool IsSubjectOf(absl::string_view account_id, absl::string_view subject,
                 absl::string_view& registration_id);

// What the owner of the resource is shown: with etag and timer, and with its documents if they are
// unpacked.
v1::Registration ViewOf(RegistrationRow&& row);
v1::Registration ViewOf(const RegistrationRow& row);

}  // namespace eid::org_registration
