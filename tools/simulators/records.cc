// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/records.h"

#include <fstream>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/agency_code.h"
#include "common/codes/personal_id.h"
#include "common/codes/tax_code.h"
#include "common/status/macros.h"
#include "common/status/violations.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/protobuf/util/json_util.h"

namespace eid::simulator {
namespace {

using registry::v1::LookupOrganizationRequest;
using registry::v1::OrganizationRecord;
using registry::v1::PersonRecord;

std::string DecisionKey(absl::string_view decision, absl::string_view name) {
  return absl::StrCat("decision:", text::NameKey(decision), "|",
                      text::OrganizationNameKey(name).key);
}

// The first is the one that a record is replaced by.
std::vector<std::string> KeysOf(const OrganizationRecord& organization) {
  std::vector<std::string> keys;
  if (!organization.tax_code().empty()) {
    keys.push_back(absl::StrCat("tax:", organization.tax_code()));
  }
  if (!organization.agency_code().empty()) {
    keys.push_back(absl::StrCat("agency:", organization.agency_code()));
  }
  if (!organization.establishment_decision().empty()) {
    keys.push_back(
        DecisionKey(organization.establishment_decision(), organization.names().vietnamese()));
  }
  return keys;
}

absl::Status Check(const PersonRecord& person) {
  Violations violations;
  codes::Collect(codes::CheckPersonalId(person.personal_id()), "person.personal_id", violations);
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

absl::Status Check(const OrganizationRecord& organization) {
  Violations violations;
  if (!organization.tax_code().empty()) {
    codes::Collect(codes::CheckTaxCode(organization.tax_code()), "organization.tax_code",
                   violations);
  }
  if (!organization.agency_code().empty()) {
    codes::Collect(codes::CheckAgencyCode(organization.agency_code()), "organization.agency_code",
                   violations);
  }
  if (KeysOf(organization).empty()) {
    violations.Add("organization", policy::v1::FIELD_REASON_REQUIRED,
                   "A tax code, an agency code or the decision of establishment is required.");
  }
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

absl::Status AtLine(const std::string& path, int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", what));
}

// Calls `add` with each record of the file.
template <class Record>
absl::Status ForEachLine(const std::string& path,
                         absl::FunctionRef<absl::Status(const Record&)> add) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    Record record;
    const auto parsed = google::protobuf::util::JsonStringToMessage(line, &record);
    if (!parsed.ok()) {
      return AtLine(path, number,
                    absl::string_view(parsed.message().data(), parsed.message().size()));
    }
    if (absl::Status added = add(record); !added.ok()) return AtLine(path, number, added.message());
  }
  return absl::OkStatus();
}

// Reads what was kept, passing over what was not written whole.
template <class Record>
absl::Status OpenKept(const std::string& path, KeptLines& kept,
                      absl::FunctionRef<absl::Status(const Record&)> put) {
  return kept.Open(path, [&](const std::string& line) {
    Record record;
    return ParseLine(line, record) && put(record).ok();
  });
}

}  // namespace

std::string KeyOf(const LookupOrganizationRequest& request) {
  if (!request.tax_code().empty()) return absl::StrCat("tax:", request.tax_code());
  if (!request.agency_code().empty()) return absl::StrCat("agency:", request.agency_code());
  if (request.establishment_decision().empty() || request.vietnamese_name().empty()) return "";
  return DecisionKey(request.establishment_decision(), request.vietnamese_name());
}

absl::Status Records::LoadPeople(const std::string& path) {
  return ForEachLine<PersonRecord>(path, [&](const PersonRecord& person) -> absl::Status {
    if (FindPerson(person.personal_id())) return absl::AlreadyExistsError("the number is there");
    return PutPerson(person);
  });
}

absl::Status Records::LoadOrganizations(const std::string& path) {
  return ForEachLine<OrganizationRecord>(path, [&](const OrganizationRecord& o) -> absl::Status {
    {
      absl::MutexLock lock(&mu_);
      for (const std::string& key : KeysOf(o)) {
        if (by_key_.contains(key)) return absl::AlreadyExistsError("a key is there");
      }
    }
    return PutOrganization(o);
  });
}

absl::Status Records::KeepIn(const std::string& path) {
  const std::string people = path + ".people.jsonl";
  const std::string organizations = path + ".organizations.jsonl";
  // Not kept a second time: they are open only afterwards.
  KeptLines kept_people, kept_organizations;
  RETURN_IF_ERROR(OpenKept<PersonRecord>(
      people, kept_people, [&](const PersonRecord& person) { return PutPerson(person); }));
  RETURN_IF_ERROR(OpenKept<OrganizationRecord>(
      organizations, kept_organizations,
      [&](const OrganizationRecord& one) { return PutOrganization(one); }));
  absl::MutexLock lock(&mu_);
  kept_people_ = std::move(kept_people);
  kept_organizations_ = std::move(kept_organizations);
  return absl::OkStatus();
}

std::optional<Versioned<PersonRecord>> Records::FindPerson(absl::string_view personal_id) const {
  absl::MutexLock lock(&mu_);
  const auto found = people_.find(personal_id);
  if (found == people_.end()) return std::nullopt;
  return found->second;
}

std::optional<Versioned<OrganizationRecord>> Records::FindOrganization(
    const LookupOrganizationRequest& request) const {
  absl::MutexLock lock(&mu_);
  const auto found = by_key_.find(KeyOf(request));
  if (found == by_key_.end()) return std::nullopt;
  return organizations_[found->second];
}

absl::Status Records::PutPerson(const PersonRecord& person) {
  RETURN_IF_ERROR(Check(person));
  absl::MutexLock lock(&mu_);
  RETURN_IF_ERROR(kept_people_.Add(person));
  Versioned<PersonRecord>& stored = people_[person.personal_id()];
  stored = {person, stored.version + 1};
  return absl::OkStatus();
}

absl::Status Records::PutOrganization(const OrganizationRecord& organization) {
  RETURN_IF_ERROR(Check(organization));
  const std::vector<std::string> keys = KeysOf(organization);
  absl::MutexLock lock(&mu_);
  RETURN_IF_ERROR(kept_organizations_.Add(organization));
  const auto [found, is_new] = by_key_.try_emplace(keys.front(), organizations_.size());
  const size_t place = found->second;
  if (is_new) {
    organizations_.push_back({organization, 1});
  } else {
    Versioned<OrganizationRecord>& stored = organizations_[place];
    for (const std::string& key : KeysOf(stored.record)) by_key_.erase(key);
    stored = {organization, stored.version + 1};
  }
  for (const std::string& key : keys) by_key_[key] = place;
  return absl::OkStatus();
}

size_t Records::people() const {
  absl::MutexLock lock(&mu_);
  return people_.size();
}

size_t Records::organizations() const {
  absl::MutexLock lock(&mu_);
  return organizations_.size();
}

}  // namespace eid::simulator
