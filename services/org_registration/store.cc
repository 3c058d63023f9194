// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"

namespace eid::org_registration {
namespace {

using v1::Registration;

kv::Descending LatestFirst(const RegistrationRow& row) {
  return kv::Desc(FromTimestamp(row.registration().create_time()));
}

bool HasConsented(const Registration& registration, int index) {
  return std::any_of(registration.consents().begin(), registration.consents().end(),
                     [&](const auto& consent) { return consent.representative_index() == index; });
}

kv::IndexKeys MissingConsents(const RegistrationRow& row) {
  const Registration& registration = row.registration();
  kv::IndexKeys keys;
  if (registration.state() != Registration::STATE_AWAITING_CONSENT) return keys;
  const auto& others = registration.dossier().co_representatives();
  for (int i = 0; i < others.size(); ++i) {
    if (HasConsented(registration, i)) continue;
    keys.push_back(kv::KeyOf(others[i].personal_id(), LatestFirst(row)));
  }
  return keys;
}

kv::TableSpec<RegistrationRow> RegistrationSpec() {
  using Row = RegistrationRow;
  return {.number = 1,
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
              {.number = kByMissingConsent, .name = "by_missing_consent", .key = MissingConsents},
              {.number = kByOrganization,
               .name = kOrganizationIndex.data(),
               .unique = true,
               .key = [](const Row& row) -> kv::IndexKeys {
                 if (!HoldsOrganization(row.registration().state())) return {};
                 return OrganizationKey(row.registration().dossier());
               }},
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

std::string OrganizationKey(const dossier::v1::Dossier& dossier) {
  if (!dossier.tax_code().empty()) return kv::KeyOf("tax", dossier.tax_code());
  if (!dossier.agency_code().empty()) return kv::KeyOf("agency", dossier.agency_code());
  return kv::KeyOf("name", text::OrganizationNameKey(dossier.names().vietnamese()).key,
                   text::NameKey(dossier.establishment_decision()));
}

bool HoldsOrganization(Registration::State state) {
  switch (state) {
    case Registration::STATE_AWAITING_CONSENT:
    case Registration::STATE_VERIFYING:
    case Registration::STATE_UNDER_REVIEW:
    case Registration::STATE_SUPPLEMENT_REQUIRED:
    case Registration::STATE_ISSUING:
    case Registration::STATE_ISSUED: return true;
    default: return false;
  }
}

Registration ViewOf(const RegistrationRow& row) {
  Registration view = row.registration();
  view.set_etag(absl::StrCat(row.revision()));
  if (row.has_due_time() && view.owner() != v1::OWNER_UNSPECIFIED) {
    *view.mutable_timer() = row.due_time();
  }
  return view;
}

absl::Status Publish(kv::Txn& txn, RegistrationRow& row) {
  row.set_revision(txn.revision());
  *row.mutable_registration()->mutable_update_time() = ToTimestamp(txn.time());
  txn.Announce(kRegistrationTopic, SubjectOf(row));
  return Registrations().Put(txn, row);
}

}  // namespace eid::org_registration
