// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/records.h"

#include <filesystem>
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

void Keep(const google::protobuf::Message& record, std::ofstream& file) {
  if (!file.is_open()) return;
  std::string line;
  // A message of valid UTF-8 always has a JSON form.
  (void)google::protobuf::util::MessageToJsonString(record, &line).ok();
  file << line << std::endl;
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
  if (std::filesystem::exists(people)) {
    RETURN_IF_ERROR(ForEachLine<PersonRecord>(
        people, [&](const PersonRecord& person) { return PutPerson(person); }));
  }
  if (std::filesystem::exists(organizations)) {
    RETURN_IF_ERROR(ForEachLine<OrganizationRecord>(
        organizations, [&](const OrganizationRecord& one) { return PutOrganization(one); }));
  }
  absl::MutexLock lock(&mu_);
  kept_people_.open(people, std::ios::app);
  kept_organizations_.open(organizations, std::ios::app);
  if (kept_people_ && kept_organizations_) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(path, ": cannot be written"));
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
  Versioned<PersonRecord>& stored = people_[person.personal_id()];
  stored = {person, stored.version + 1};
  Keep(person, kept_people_);
  return absl::OkStatus();
}

absl::Status Records::PutOrganization(const OrganizationRecord& organization) {
  RETURN_IF_ERROR(Check(organization));
  const std::vector<std::string> keys = KeysOf(organization);
  absl::MutexLock lock(&mu_);
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
  Keep(organization, kept_organizations_);
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
