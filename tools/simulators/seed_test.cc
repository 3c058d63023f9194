// SPDX-License-Identifier: Apache-2.0
// The seed is valid throughout, and everything that its README names is there.
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/codes/agency_code.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/personal_id.h"
#include "common/codes/tax_code.h"
#include "common/testing/matchers.h"
#include "common/text/utf8.h"
#include "google/protobuf/util/json_util.h"
#include "tools/simulators/records.h"

namespace eid::simulator {
namespace {

using registry::v1::OrganizationRecord;
using registry::v1::PersonRecord;

template <class Record>
std::vector<Record> Lines(const std::string& name) {
  std::vector<Record> records;
  std::ifstream file(std::string(EID_SEED) + "/" + name);
  for (std::string line; std::getline(file, line);) {
    INFO(line);
    REQUIRE(text::IsValidUtf8(line));
    REQUIRE(google::protobuf::util::JsonStringToMessage(line, &records.emplace_back()).ok());
  }
  return records;
}

std::vector<OrganizationRecord> Organizations() {
  auto all = Lines<OrganizationRecord>("business.jsonl");
  for (OrganizationRecord& special : Lines<OrganizationRecord>("special.jsonl")) {
    all.push_back(std::move(special));
  }
  return all;
}

TEST_CASE("the seed: people") {
  const auto people = Lines<PersonRecord>("population.jsonl");
  CHECK(people.size() >= 100);
  std::set<std::string> ids, phones;
  for (const PersonRecord& person : people) {
    INFO(person.personal_id());
    CHECK(ids.insert(person.personal_id()).second);
    const auto& birth = person.birth_date();
    REQUIRE_FALSE(codes::CheckDate(birth.year(), birth.month(), birth.day()).has_value());
    const auto sex =
        person.sex() == registry::v1::SEX_MALE ? codes::Sex::kMale : codes::Sex::kFemale;
    CHECK_FALSE(
        codes::CheckPersonalIdAgainst(person.personal_id(),
                                      absl::CivilDay(birth.year(), birth.month(), birth.day()), sex)
            .has_value());
    CHECK(person.state() != registry::v1::PERSON_STATE_UNSPECIFIED);
    if (person.phone().empty()) continue;
    CHECK_FALSE(codes::CheckMobilePhone(person.phone()).has_value());
    CHECK(absl::StartsWith(person.phone(), "09"));
    CHECK(phones.insert(person.phone()).second);
  }
}

TEST_CASE("the seed: organizations of every category") {
  std::map<int, int> categories;
  std::set<std::string> tax_codes, agency_codes;
  const auto organizations = Organizations();
  CHECK(organizations.size() >= 50);
  for (const OrganizationRecord& organization : organizations) {
    INFO(organization.names().vietnamese());
    ++categories[organization.category()];
    if (!organization.tax_code().empty()) {
      CHECK_FALSE(codes::CheckTaxCode(organization.tax_code()).has_value());
      CHECK(tax_codes.insert(organization.tax_code()).second);
      CHECK(codes::IsDependentUnit(organization.tax_code()) ==
            (organization.category() == dossier::v1::ORGANIZATION_CATEGORY_BRANCH));
    }
    if (!organization.agency_code().empty()) {
      CHECK_FALSE(codes::CheckAgencyCode(organization.agency_code()).has_value());
      CHECK(agency_codes.insert(organization.agency_code()).second);
    }
    const auto& date = organization.establishment_date();
    CHECK_FALSE(codes::CheckDate(date.year(), date.month(), date.day()).has_value());
    CHECK(organization.representatives_size() > 0);
    for (const auto& representative : organization.representatives()) {
      if (representative.document_kind() == registry::v1::REGISTERED_DOCUMENT_KIND_PASSPORT) {
        CHECK_FALSE(codes::CheckPassport(representative.document_number()).has_value());
      } else if (representative.document_kind() ==
                 registry::v1::REGISTERED_DOCUMENT_KIND_ID_CARD_9) {
        CHECK_FALSE(codes::CheckOldIdentityCard(representative.document_number()).has_value());
      } else {
        CHECK_FALSE(codes::CheckPersonalId(representative.document_number()).has_value());
      }
    }
  }
  for (int category = dossier::v1::OrganizationCategory_MIN + 1;
       category <= dossier::v1::OrganizationCategory_MAX; ++category) {
    CHECK(categories[category] >= 3);
  }
}

TEST_CASE("the seed loads, and every number in its README is in it") {
  Records records;
  REQUIRE_OK(records.LoadPeople(std::string(EID_SEED) + "/population.jsonl"));
  REQUIRE_OK(records.LoadOrganizations(std::string(EID_SEED) + "/business.jsonl"));
  REQUIRE_OK(records.LoadOrganizations(std::string(EID_SEED) + "/special.jsonl"));
  CHECK_FALSE(records.LoadPeople(std::string(EID_SEED) + "/population.jsonl").ok());
  CHECK_FALSE(records.LoadOrganizations(std::string(EID_SEED) + "/business.jsonl").ok());
  CHECK(records.LoadPeople("/nowhere").code() == absl::StatusCode::kNotFound);

  std::ifstream readme(std::string(EID_SEED) + "/README.md");
  int people = 0;
  int organizations = 0;
  for (std::string line; std::getline(readme, line);) {
    if (!absl::StartsWith(line, "| `")) continue;
    INFO(line);
    const bool unknown = absl::StrContains(line, "`in-no-registry");
    const std::vector<std::string> pieces = absl::StrSplit(line, '`');
    for (size_t i = 1; i < pieces.size(); i += 2) {
      if (!codes::CheckPersonalId(pieces[i]).has_value()) {
        CHECK(records.FindPerson(pieces[i]).has_value());
        ++people;
      }
      if (!codes::CheckTaxCode(pieces[i]).has_value()) {
        registry::v1::LookupOrganizationRequest request;
        request.set_tax_code(pieces[i]);
        // A phone may look like a tax code.
        if (codes::CheckPhone(pieces[i]).has_value()) {
          CHECK(records.FindOrganization(request).has_value() == !unknown);
          ++organizations;
        }
      }
    }
  }
  CHECK(people > 80);
  CHECK(organizations > 20);
}

}  // namespace
}  // namespace eid::simulator
