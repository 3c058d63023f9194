// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/decide.h"

namespace eid::org_registration {
namespace {

using v1::Registration;

kv::Descending LatestFirst(const RegistrationRow& row) {
  return kv::Desc(FromTimestamp(row.registration().create_time()));
}

kv::IndexKeys KeysOfMissingConsents(const RegistrationRow& row) {
  kv::IndexKeys keys;
  if (row.registration().state() != Registration::STATE_AWAITING_CONSENT) return keys;
  Registration registration = row.registration();
  // What cannot be read counts as far as it can.
  if (!registration.has_dossier()) {
    registration.mutable_dossier()->ParseFromString(row.dossier());
  }
  for (const std::string& personal_id : MissingConsents(registration)) {
    keys.push_back(kv::KeyOf(personal_id, LatestFirst(row)));
  }
  return keys;
}

kv::IndexKeys KeysOfOrganization(const RegistrationRow& row) {
  kv::IndexKeys keys;
  for (const std::string& key : row.organization_keys()) keys.push_back(kv::KeyOf(key));
  return keys;
}

kv::TableSpec<RegistrationRow> RegistrationSpec() {
  using Row = RegistrationRow;
  return {
      .number = kRegistrationTable,
      .name = "registrations",
      .key = [](const Row& row) { return kv::KeyOf(row.registration().registration_id()); },
      .indexes = {
          {.number = kByApplicant,
           .name = "by_applicant",
           .key =
               [](const Row& row) {
                 return kv::KeyOf(row.registration().applicant_account_id(), LatestFirst(row));
               }},
          {.number = kByApplicantAndState,
           .name = "by_applicant_and_state",
           .key =
               [](const Row& row) {
                 return kv::KeyOf(row.registration().applicant_account_id(),
                                  row.registration().state(), LatestFirst(row));
               }},
          {.number = kByMissingConsent, .name = "by_missing_consent", .key = KeysOfMissingConsents},
          {.number = kByOrganization,
           .name = kOrganizationIndex.data(),
           .unique = true,
           .key = KeysOfOrganization},
          {.number = kByFileCode,
           .name = "by_file_code",
           .unique = true,
           .key = [](const Row& row) -> kv::IndexKeys {
             if (row.registration().file_code().empty()) return {};
             return kv::KeyOf(row.registration().file_code());
           }},
          {.number = kByDue,
           .name = "by_due",
           .key = [](const Row& row) -> kv::IndexKeys {
             if (!row.has_due_time()) return {};
             return kv::KeyOf(FromTimestamp(row.due_time()));
           }},
          {.number = kByAwayPeer,
           .name = "by_away_peer",
           .key = [](const Row& row) -> kv::IndexKeys {
             if (row.away() == PEER_UNSPECIFIED) return {};
             return kv::KeyOf(row.away(), FromTimestamp(row.due_time()));
           }},
      }};
}

// Adds what follows from the row's other fields.
void Complete(const RegistrationRow& row, Registration& view) {
  view.set_etag(absl::StrCat(row.revision()));
  if (row.has_due_time() && view.owner() != v1::OWNER_UNSPECIFIED) {
    *view.mutable_timer() = row.due_time();
  }
}

}  // namespace

const kv::Table<RegistrationRow>& Registrations() {
  static const auto* const table = new kv::Table<RegistrationRow>(RegistrationSpec());
  return *table;
}

const kv::Table<FileCounterRow>& FileCounters() {
  static const auto* const table = new kv::Table<FileCounterRow>({
      .number = 2,
      .name = "file_counters",
      .key = [](const FileCounterRow& row) { return kv::KeyOf(row.unit(), row.day()); },
  });
  return *table;
}

const kv::Table<FollowRow>& Follows() {
  static const auto* const table = new kv::Table<FollowRow>({
      .number = 3,
      .name = "follows",
      .key = [](const FollowRow& row) { return kv::KeyOf(row.peer()); },
  });
  return *table;
}

const kv::Table<OpenCountRow>& OpenCounts() {
  static const auto* const table = new kv::Table<OpenCountRow>({
      .number = 4,
      .name = "open_counts",
      .key = [](const OpenCountRow& row) { return kv::KeyOf(row.account_id()); },
  });
  return *table;
}

kv::TableSpec<RegistrationRow> RegistrationSpecOfSchema1() {
  kv::TableSpec<RegistrationRow> spec = RegistrationSpec();
  spec.indexes.push_back({.number = 8,
                          .name = "open_by_applicant",
                          .key = [](const RegistrationRow& row) -> kv::IndexKeys {
                            if (IsFinal(row.registration().state())) return {};
                            return kv::KeyOf(row.registration().applicant_account_id());
                          }});
  return spec;
}

std::string SubjectOf(const RegistrationRow& row) {
  const Registration& registration = row.registration();
  return absl::StrCat(registration.applicant_account_id(), "/", registration.registration_id());
}

bool IsSubjectOf(absl::string_view account_id, absl::string_view subject,
                 absl::string_view& registration_id) {
  if (!absl::ConsumePrefix(&subject, account_id) || !absl::ConsumePrefix(&subject, "/")) {
    return false;
  }
  registration_id = subject;
  return true;
}

Registration ViewOf(const RegistrationRow& row) {
  Registration view = row.registration();
  Complete(row, view);
  return view;
}

Registration ViewOf(RegistrationRow&& row) {
  Registration view = std::move(*row.mutable_registration());
  Complete(row, view);
  return view;
}

}  // namespace eid::org_registration
