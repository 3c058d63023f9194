// SPDX-License-Identifier: Apache-2.0
#include "services/verification/verdicts.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "common/testing/catch.h"
#include "services/verification/remedy.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

using testing::Date;
using namespace registry::v1;  // NOLINT: the table below is made of its values

// Everything that the verdicts are made of. Matches as it is.
struct World {
  dossier::v1::Dossier dossier = testing::Dossier();
  OrganizationRecord organization = testing::Organization();
  bool organization_known = true;
  PersonRecord person = testing::Person();
  bool person_known = true;
  std::vector<PersonRecord> others = {};

  void AddOther(const PersonRecord& other) {
    others.push_back(other);
    *dossier.add_co_representatives() = testing::Declared(other);
  }
  Findings Ask() const {
    Findings findings;
    findings.representative = PersonFinding{{"population", {}}, std::nullopt};
    if (person_known) findings.representative->record = person;
    for (const PersonRecord& other : others) {
      findings.co_representatives.push_back(PersonFinding{{"population", {}}, other});
    }
    findings.organization.push_back({{"business", {}}, std::nullopt});
    if (organization_known) findings.organization[0].record = organization;
    return findings;
  }
};

struct Case {
  const char* what;
  std::function<void(World&)> change;
  // The one verdict that is expected not to be a match, or the one that is looked at.
  const char* field;
  v1::Verdict verdict;
  v1::VerdictReason reason;
  v1::VerificationResult result = v1::VERIFICATION_RESULT_MISMATCH;
  v1::DeadlineClass deadline = v1::DEADLINE_CLASS_IN_DATABASE;
};

constexpr v1::Verdict kMatch = v1::VERDICT_MATCH;
constexpr v1::Verdict kMismatch = v1::VERDICT_MISMATCH;
constexpr v1::Verdict kNotAvailable = v1::VERDICT_NOT_AVAILABLE;
constexpr v1::VerdictReason kNone = v1::VERDICT_REASON_UNSPECIFIED;
constexpr v1::VerificationResult kAllMatch = v1::VERIFICATION_RESULT_MATCH;

void RegisterByPassport(World& w) {
  w.organization.clear_representatives();
  *w.organization.add_representatives() =
      testing::RegisteredBy(w.person, REGISTERED_DOCUMENT_KIND_PASSPORT, "B1234567");
}

void MakeOther(World& w) {
  w.dossier.set_category(dossier::v1::ORGANIZATION_CATEGORY_OTHER);
  w.organization.set_category(dossier::v1::ORGANIZATION_CATEGORY_OTHER);
  w.dossier.clear_tax_code();
  w.dossier.clear_business_code();
  w.dossier.set_establishment_decision("27/QĐ-UBND");
  w.organization.set_establishment_decision("27/QĐ-UBND");
}

// Cases of the person, then of the organization, then of its representatives.
std::vector<Case> PersonCases() {
  return {
      {"as it is", [](World&) {}, "representative.full_name", kMatch, kNone, kAllMatch},
      {"another name", [](World& w) { w.person.set_full_name("Lê Văn Núi Cao"); },
       "representative.full_name", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"a slip in the name",
       [](World& w) {
         w.dossier.mutable_representative()->set_full_name("Lê Văn Nui Xanh");
         w.organization.clear_representatives();
       },
       "representative.full_name", kMismatch, v1::VERDICT_REASON_NAME_DIACRITIC_ONLY},
      {"tone marks elsewhere",
       [](World& w) {
         w.person.set_full_name("Lý Thị Thuý Hoà");
         w.dossier.mutable_representative()->set_full_name("Lý Thị Thúy Hòa");
         w.organization.mutable_representatives(0)->set_full_name("LÝ THỊ THUÝ HÒA");
       },
       "representative.full_name", kMatch, kNone, kAllMatch},
      {"another day of birth", [](World& w) { *w.person.mutable_birth_date() = Date(1990, 2, 1); },
       "representative.birth_date", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"the year of birth alone",
       [](World& w) { *w.person.mutable_birth_date() = Date(1990, 0, 0); },
       "representative.birth_date", kNotAvailable, kNone, kAllMatch},
      {"dead", [](World& w) { w.person.set_state(PERSON_STATE_DECEASED); },
       "representative.personal_id", kMismatch, v1::VERDICT_REASON_PERSON_NOT_ACTIVE},
      {"missing", [](World& w) { w.person.set_state(PERSON_STATE_MISSING); },
       "representative.personal_id", kMismatch, v1::VERDICT_REASON_PERSON_NOT_ACTIVE},
      {"number cancelled", [](World& w) { w.person.set_state(PERSON_STATE_CANCELLED); },
       "representative.personal_id", kMismatch, v1::VERDICT_REASON_PERSON_NOT_ACTIVE},
      {"state not recorded", [](World& w) { w.person.set_state(PERSON_STATE_UNSPECIFIED); },
       "representative.personal_id", kNotAvailable, kNone, kAllMatch},
      {"not in the population database", [](World& w) { w.person_known = false; },
       "representative.personal_id", kMismatch, v1::VERDICT_REASON_RECORD_NOT_FOUND},
      {"a co-representative is dead",
       [](World& w) {
         PersonRecord other = testing::OtherPerson();
         *w.organization.add_representatives() = testing::Registered(other);
         other.set_state(PERSON_STATE_DECEASED);
         w.AddOther(other);
       },
       "co_representatives[0].personal_id", kMismatch, v1::VERDICT_REASON_PERSON_NOT_ACTIVE},
  };
}

std::vector<Case> OrganizationCases() {
  return {
      {"another name",
       [](World& w) { w.dossier.mutable_names()->set_vietnamese("Công ty TNHH Mây Thất Sắc"); },
       "names.vietnamese", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"a slip in the name",
       [](World& w) { w.dossier.mutable_names()->set_vietnamese("Công ty TNHH May Ngũ Sắc"); },
       "names.vietnamese", kMismatch, v1::VERDICT_REASON_NAME_DIACRITIC_ONLY},
      {"the legal form abbreviated",
       [](World& w) { w.organization.mutable_names()->set_vietnamese("CTY TNHH MÂY NGŨ SẮC"); },
       "names.vietnamese", kMatch, kNone, kAllMatch},
      {"a foreign name that the register has not",
       [](World& w) { w.dossier.mutable_names()->set_foreign("Cloud Ltd"); }, "names.foreign",
       kNotAvailable, kNone, kAllMatch},
      {"another foreign name",
       [](World& w) {
         w.dossier.mutable_names()->set_foreign("Cloud Ltd");
         w.organization.mutable_names()->set_foreign("Clouds Ltd");
       },
       "names.foreign", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"another abbreviated name",
       [](World& w) {
         w.dossier.mutable_names()->set_abbreviated("MNS");
         w.organization.mutable_names()->set_abbreviated("MTS");
       },
       "names.abbreviated", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"established on another day",
       [](World& w) { *w.dossier.mutable_establishment_date() = Date(2018, 5, 15); },
       "establishment_date", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"day of establishment not recorded",
       [](World& w) { w.organization.clear_establishment_date(); }, "establishment_date",
       kNotAvailable, kNone, kAllMatch},
      {"another category",
       [](World& w) {
         w.organization.set_category(dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
       },
       "category", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"another street",
       [](World& w) { w.dossier.mutable_head_office()->set_street("Số 13 đường Ví Dụ"); },
       "head_office.street", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"another commune",
       [](World& w) { w.dossier.mutable_head_office()->set_commune("Phường Sao Mai"); },
       "head_office.commune", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"the commune abbreviated",
       [](World& w) { w.organization.mutable_head_office()->set_commune("P. Mây Trắng"); },
       "head_office.commune", kMatch, kNone, kAllMatch},
      {"another province",
       [](World& w) { w.dossier.mutable_head_office()->set_province_code("79"); },
       "head_office.province_code", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"an address with a district",
       [](World& w) { w.organization.mutable_head_office()->set_district("Quận Thành Xưa"); },
       "head_office", kNotAvailable, v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS, kAllMatch},
      {"an address without a province code",
       [](World& w) { w.organization.mutable_head_office()->clear_province_code(); }, "head_office",
       kNotAvailable, v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS, kAllMatch},
      {"no address in the register", [](World& w) { w.organization.clear_head_office(); },
       "head_office", kNotAvailable, kNone, kAllMatch},
      {"dissolved", [](World& w) { w.organization.set_state(ORGANIZATION_RECORD_STATE_DISSOLVED); },
       "tax_code", kMismatch, v1::VERDICT_REASON_ORGANIZATION_DISSOLVED},
      {"suspended for a time",
       [](World& w) { w.organization.set_state(ORGANIZATION_RECORD_STATE_SUSPENDED); }, "tax_code",
       kMatch, kNone, kAllMatch},
      {"another business code", [](World& w) { w.organization.set_business_code("0100233488"); },
       "business_code", kMismatch, v1::VERDICT_REASON_VALUE_DIFFERS},
      {"an agency code that the register has not",
       [](World& w) { w.dossier.set_agency_code("H99.10"); }, "agency_code", kNotAvailable, kNone,
       kAllMatch},
      {"known by its decision alone, dissolved",
       [](World& w) {
         MakeOther(w);
         w.organization.set_state(ORGANIZATION_RECORD_STATE_DISSOLVED);
       },
       "establishment_decision", kMismatch, v1::VERDICT_REASON_ORGANIZATION_DISSOLVED},
      {"in no registry", [](World& w) { w.organization_known = false; }, "tax_code", kNotAvailable,
       v1::VERDICT_REASON_RECORD_NOT_FOUND, v1::VERIFICATION_RESULT_NOT_FOUND,
       v1::DEADLINE_CLASS_TO_BE_VERIFIED},
      {"in no registry, and the person is dead",
       [](World& w) {
         w.organization_known = false;
         w.person.set_state(PERSON_STATE_DECEASED);
       },
       "representative.personal_id", kMismatch, v1::VERDICT_REASON_PERSON_NOT_ACTIVE,
       v1::VERIFICATION_RESULT_MISMATCH, v1::DEADLINE_CLASS_TO_BE_VERIFIED},
  };
}

std::vector<Case> RepresentativeCases() {
  return {
      {"the register names another person",
       [](World& w) {
         w.organization.clear_representatives();
         *w.organization.add_representatives() = testing::Registered(testing::OtherPerson());
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS},
      {"by a passport of the past",
       [](World& w) {
         RegisterByPassport(w);
         testing::AddFormer(FORMER_DOCUMENT_KIND_PASSPORT, "b1234567", w.person);
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT},
      {"by a passport that is nobody's we know", RegisterByPassport, "representative", kMismatch,
       v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS},
      {"a passport's number is no card's",
       [](World& w) {
         RegisterByPassport(w);
         testing::AddFormer(FORMER_DOCUMENT_KIND_ID_CARD_9, "B1234567", w.person);
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS},
      {"by an old card of 9 digits",
       [](World& w) {
         w.organization.clear_representatives();
         *w.organization.add_representatives() =
             testing::RegisteredBy(w.person, REGISTERED_DOCUMENT_KIND_ID_CARD_9, "123456789");
         testing::AddFormer(FORMER_DOCUMENT_KIND_ID_CARD_9, "123456789", w.person);
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT},
      {"by a personal ID number that was cancelled",
       [](World& w) {
         w.organization.mutable_representatives(0)->set_document_number("001090999999");
         testing::AddFormer(FORMER_DOCUMENT_KIND_CANCELLED_PERSONAL_ID, "001090999999", w.person);
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT},
      {"by a number of a kind that is not recorded",
       [](World& w) {
         *w.organization.mutable_representatives(0) =
             testing::RegisteredBy(w.person, REGISTERED_DOCUMENT_KIND_UNSPECIFIED, "123456789");
         testing::AddFormer(FORMER_DOCUMENT_KIND_ID_CARD_9, "123456789", w.person);
       },
       "representative", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT},
      {"two named, two declared",
       [](World& w) {
         *w.organization.add_representatives() = testing::Registered(testing::OtherPerson());
         w.AddOther(testing::OtherPerson());
       },
       "co_representatives[0]", kMatch, kNone, kAllMatch},
      {"two named, one declared",
       [](World& w) {
         *w.organization.add_representatives() = testing::Registered(testing::OtherPerson());
       },
       "co_representatives", kMismatch, v1::VERDICT_REASON_REPRESENTATIVES_MISSING},
      {"one named, two declared", [](World& w) { w.AddOther(testing::OtherPerson()); },
       "co_representatives[0]", kMismatch, v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS},
      {"the register names nobody", [](World& w) { w.organization.clear_representatives(); },
       "representative", kNotAvailable, kNone, kAllMatch},
  };
}

std::vector<v1::FieldVerdict> On(const std::string& field,
                                 const std::vector<v1::FieldVerdict>& verdicts) {
  std::vector<v1::FieldVerdict> found;
  for (const v1::FieldVerdict& verdict : verdicts) {
    if (verdict.field() == field) found.push_back(verdict);
  }
  return found;
}

void Check(const Case& c) {
  INFO(c.what);
  World world;
  c.change(world);
  const Findings findings = world.Ask();
  const std::vector<v1::FieldVerdict> verdicts = JudgeAll(world.dossier, findings).verdicts;
  const std::vector<v1::FieldVerdict> found = On(c.field, verdicts);
  // The register may speak of a person's name too; the population database comes first.
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].verdict() == c.verdict);
  CHECK(found[0].reason() == c.reason);
  CHECK(found[0].remedy().vi().empty() == (c.reason == kNone));
  CHECK(found[0].remedy().en().empty() == (c.reason == kNone));
  CHECK(ResultOf(verdicts, findings) == c.result);
  CHECK(DeadlineClassOf(findings) == c.deadline);
}

TEST_CASE("verdicts on persons") {
  for (const Case& c : PersonCases()) Check(c);
}
TEST_CASE("verdicts on the organization") {
  for (const Case& c : OrganizationCases()) Check(c);
}
TEST_CASE("verdicts on its representatives") {
  for (const Case& c : RepresentativeCases()) Check(c);
}

TEST_CASE("a dossier that says what the registries say matches in every field") {
  const World world;
  const std::vector<v1::FieldVerdict> verdicts = JudgeAll(world.dossier, world.Ask()).verdicts;
  CHECK(verdicts.size() == 14);
  for (const v1::FieldVerdict& verdict : verdicts) {
    INFO(verdict.field());
    CHECK(verdict.verdict() == v1::VERDICT_MATCH);
    CHECK_FALSE(verdict.registry_id().empty());
  }
}

TEST_CASE("somebody in another's place is one fault, a third person is another") {
  World world;
  world.organization.clear_representatives();
  *world.organization.add_representatives() = testing::Registered(testing::OtherPerson());
  CHECK(On("co_representatives", JudgeAll(world.dossier, world.Ask()).verdicts).empty());
  PersonRecord third = testing::OtherPerson();
  third.set_personal_id(testing::kThirdPersonalId);
  *world.organization.add_representatives() = testing::Registered(third);
  CHECK(On("co_representatives", JudgeAll(world.dossier, world.Ask()).verdicts).size() == 1);
}

TEST_CASE("the register's name of a person is judged beside the population database's") {
  World world;
  world.organization.mutable_representatives(0)->set_full_name("Le Van Nui Xanh");
  const auto names = On("representative.full_name", JudgeAll(world.dossier, world.Ask()).verdicts);
  REQUIRE(names.size() == 2);
  CHECK(names[0].registry_id() == "population");
  CHECK(names[0].verdict() == v1::VERDICT_MATCH);
  CHECK(names[1].registry_id() == "business");
  CHECK(names[1].reason() == v1::VERDICT_REASON_NAME_DIACRITIC_ONLY);
}

TEST_CASE("nothing of a person is shown but the last three characters") {
  World world;
  world.AddOther(testing::OtherPerson());
  RegisterByPassport(world);
  const Judgement judgement = JudgeAll(world.dossier, world.Ask());
  for (const v1::FieldVerdict& verdict : judgement.verdicts) {
    INFO(verdict.field());
    for (const std::string secret :
         {"001090123456", "079302000001", "B1234567", "Núi Xanh", "Sông Trong", "1990"}) {
      CHECK(verdict.registry_value().find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("an organization found in one of two registries is in a database") {
  World world;
  Findings findings = world.Ask();
  findings.organization.insert(findings.organization.begin(), {{"special", {}}, std::nullopt});
  const auto verdicts = JudgeAll(world.dossier, findings).verdicts;
  CHECK(ResultOf(verdicts, findings) == v1::VERIFICATION_RESULT_MATCH);
  CHECK(DeadlineClassOf(findings) == v1::DEADLINE_CLASS_IN_DATABASE);
}

TEST_CASE("what each answer came to is told one by one") {
  World world;
  PersonRecord other = testing::OtherPerson();
  world.AddOther(other);
  world.AddOther(other);
  world.organization.mutable_names()->set_vietnamese("Công ty Cổ phần Khác");
  Findings findings = world.Ask();
  findings.representative->record.reset();
  findings.co_representatives[1].reset();
  findings.organization.push_back({{"special", {}}, std::nullopt});
  const Judgement judgement = JudgeAll(world.dossier, findings);
  CHECK(judgement.persons == std::vector<v1::LookupOutcome>{v1::LOOKUP_OUTCOME_NOT_FOUND,
                                                            v1::LOOKUP_OUTCOME_MATCH,
                                                            v1::LOOKUP_OUTCOME_UNSPECIFIED});
  CHECK(judgement.organization ==
        std::vector<v1::LookupOutcome>{v1::LOOKUP_OUTCOME_MISMATCH, v1::LOOKUP_OUTCOME_NOT_FOUND});
}

TEST_CASE("every reason has a remedy in both languages for every keeper") {
  for (int reason = v1::VerdictReason_MIN + 1; reason <= v1::VerdictReason_MAX; ++reason) {
    for (const Keeper keeper :
         {Keeper::kPopulation, Keeper::kBusinessRegister, Keeper::kSpecialised}) {
      const auto remedy = Remedy(static_cast<v1::VerdictReason>(reason), keeper);
      INFO(v1::VerdictReason_Name(static_cast<v1::VerdictReason>(reason)));
      CHECK_FALSE(remedy.vi().empty());
      CHECK_FALSE(remedy.en().empty());
      CHECK(remedy.vi().find('{') == std::string::npos);
      CHECK(remedy.en().find('{') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace eid::verification
