// SPDX-License-Identifier: Apache-2.0
// What the rules make of the simulators' seed: the table in tools/simulators/seed/README.md, kept true.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "services/verification/lookups.h"
#include "services/verification/testing/samples.h"
#include "services/verification/validate.h"
#include "services/verification/verdicts.h"
#include "tools/simulators/records.h"

namespace eid::verification {
namespace {

using dossier::v1::Dossier;
using registry::v1::OrganizationRecord;
using registry::v1::PersonRecord;

const simulator::Records& Seed() {
  static const auto* const records = [] {
    auto* all = new simulator::Records;
    const std::string folder = EID_SEED;
    REQUIRE_OK(all->LoadPeople(folder + "/population.jsonl"));
    REQUIRE_OK(all->LoadOrganizations(folder + "/business.jsonl"));
    REQUIRE_OK(all->LoadOrganizations(folder + "/special.jsonl"));
    return all;
  }();
  return *records;
}

std::optional<PersonRecord> FindPerson(const std::string& personal_id) {
  const auto found = Seed().FindPerson(personal_id);
  if (!found.has_value()) return std::nullopt;
  return found->record;
}

std::optional<OrganizationRecord> FindOrganization(const Dossier& dossier) {
  v1::Lookup lookup;
  lookup.set_subject(std::string(kOrganizationSubject));
  const Question question = QuestionOf(dossier, lookup);
  const auto found =
      Seed().FindOrganization(std::get<registry::v1::LookupOrganizationRequest>(question));
  if (!found.has_value()) return std::nullopt;
  return found->record;
}

// A dossier that repeats the record, with these persons, the first as the representative.
Dossier Repeat(const OrganizationRecord& record, const std::vector<std::string>& persons) {
  Dossier dossier;
  dossier.set_category(record.category());
  *dossier.mutable_names() = record.names();
  *dossier.mutable_establishment_date() = record.establishment_date();
  dossier.mutable_head_office()->set_street(record.head_office().street());
  dossier.mutable_head_office()->set_commune(record.head_office().commune());
  dossier.mutable_head_office()->set_province_code(
      record.head_office().province_code().empty() ? "01" : record.head_office().province_code());
  dossier.set_tax_code(record.tax_code());
  dossier.set_business_code(record.business_code());
  dossier.set_agency_code(record.agency_code());
  dossier.set_establishment_decision(record.establishment_decision());
  for (const std::string& id : persons) {
    const std::optional<PersonRecord> person = FindPerson(id);
    INFO(id);
    REQUIRE(person.has_value());
    (dossier.has_representative() ? *dossier.add_co_representatives()
                                  : *dossier.mutable_representative()) = testing::Declared(*person);
  }
  return dossier;
}

struct Outcome {
  v1::VerificationResult result;
  // Reasons given, each once, in the order of the verdicts.
  std::vector<v1::VerdictReason> reasons;
};

Outcome Verify(const Dossier& dossier) {
  Findings findings;
  findings.representative =
      PersonFinding{{"population", {}}, FindPerson(dossier.representative().personal_id())};
  for (const auto& other : dossier.co_representatives()) {
    findings.co_representatives.push_back(
        PersonFinding{{"population", {}}, FindPerson(other.personal_id())});
  }
  findings.organization.push_back({{"organizations", {}}, FindOrganization(dossier)});
  const std::vector<v1::FieldVerdict> verdicts = JudgeAll(dossier, findings).verdicts;
  Outcome outcome = {ResultOf(verdicts, findings), {}};
  for (const v1::FieldVerdict& verdict : verdicts) {
    if (verdict.reason() == v1::VERDICT_REASON_UNSPECIFIED) continue;
    if (outcome.reasons.empty() || outcome.reasons.back() != verdict.reason()) {
      outcome.reasons.push_back(verdict.reason());
    }
  }
  return outcome;
}

struct Case {
  const char* name;
  Dossier key;  // what finds the record
  std::vector<std::string> persons;
  std::function<void(Dossier&)> change;
  std::vector<v1::VerdictReason> reasons;
};

Dossier Tax(dossier::v1::OrganizationCategory category, const char* code) {
  Dossier dossier;
  dossier.set_category(category);
  dossier.set_tax_code(code);
  return dossier;
}
Dossier Enterprise(const char* code) {
  return Tax(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, code);
}
Dossier Agency(const char* code) {
  Dossier dossier;
  dossier.set_category(dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY);
  dossier.set_agency_code(code);
  return dossier;
}
Dossier Other(const char* decision, const char* name) {
  Dossier dossier;
  dossier.set_category(dossier::v1::ORGANIZATION_CATEGORY_OTHER);
  dossier.set_establishment_decision(decision);
  dossier.mutable_names()->set_vietnamese(name);
  return dossier;
}

std::function<void(Dossier&)> Named(const char* name) {
  return [name](Dossier& dossier) { dossier.mutable_names()->set_vietnamese(name); };
}
void AsItIs(Dossier&) {}

std::vector<Case> Enterprises() {
  return {
      {"normal-1", Enterprise("0195462677"), {"030185712092"}, AsItIs, {}},
      {"normal-2", Enterprise("0391388349"), {"056078026466"}, AsItIs, {}},
      {"normal-3", Enterprise("4895841766"), {"025193730508"}, AsItIs, {}},
      {"two-representatives",
       Enterprise("0194527018"),
       {"034070650244", "046174403391"},
       AsItIs,
       {}},
      {"three-representatives",
       Enterprise("0298484785"),
       {"034066544257", "066169744500", "066091122067"},
       AsItIs,
       {}},
      {"three-representatives, one named",
       Enterprise("0298484785"),
       {"034066544257"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVES_MISSING}},
      {"name-slip-in-dossier",
       Enterprise("0191006810"),
       {"010187411407"},
       Named("Công ty cổ phần Sao Hom Biển Bắc"),
       {v1::VERDICT_REASON_NAME_DIACRITIC_ONLY}},
      {"name-slip-in-dossier, another word",
       Enterprise("0191006810"),
       {"010187411407"},
       Named("Công ty cổ phần Sao Hôm Biển Nam"),
       {v1::VERDICT_REASON_VALUE_DIFFERS}},
      {"old-passport",
       Enterprise("0398478753"),
       {"034073008050"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT}},
      {"old-card",
       Enterprise("1898007507"),
       {"040168032059"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT}},
      {"cancelled-number",
       Enterprise("0292192433"),
       {"096186970807"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT}},
      {"other-representative",
       Enterprise("0198665114"),
       {"096080599591"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS}},
      {"dissolved",
       Enterprise("0196811440"),
       {"044177066906"},
       AsItIs,
       {v1::VERDICT_REASON_ORGANIZATION_DISSOLVED}},
      {"suspended", Enterprise("0496530440"), {"002083939520"}, AsItIs, {}},
      {"tone-marks",
       Enterprise("0395030346"),
       {"066190932131"},
       [](Dossier& dossier) {
         dossier.mutable_names()->set_vietnamese("Công ty TNHH Hòa Thủy Khỏe");
         dossier.mutable_representative()->set_full_name("Lý Thị Thúy Hòa");
       },
       {}},
      {"legal-form",
       Enterprise("1897072197"),
       {"074076635792"},
       Named("Công ty trách nhiệm hữu hạn một thành viên TM Lúa Vàng Óng"),
       {}},
      {"old-address",
       Enterprise("0199842126"),
       {"038171065411"},
       AsItIs,
       {v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS}},
      {"register-slip",
       Enterprise("0197319231"),
       {"004189321155"},
       Named("Công ty TNHH Nắng Mai"),
       {v1::VERDICT_REASON_NAME_DIACRITIC_ONLY}},
      {"deceased",
       Enterprise("0190459790"),
       {"026051054761"},
       AsItIs,
       {v1::VERDICT_REASON_PERSON_NOT_ACTIVE}},
      {"representative-slip",
       Enterprise("0391741846"),
       {"004186210550"},
       AsItIs,
       {v1::VERDICT_REASON_NAME_DIACRITIC_ONLY}},
      {"foreign-representative",
       Enterprise("0392859713"),
       {"075081833537"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVES_MISSING}},
  };
}

std::vector<Case> Others() {
  constexpr auto kBranch = dossier::v1::ORGANIZATION_CATEGORY_BRANCH;
  constexpr auto kCooperative = dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE;
  constexpr auto kBody = dossier::v1::ORGANIZATION_CATEGORY_TAX_CODED_BODY;
  return {
      {"branch", Tax(kBranch, "0195462677-001"), {"079079470511"}, AsItIs, {}},
      {"branch-old-address",
       Tax(kBranch, "0391388349-001"),
       {"056172893957"},
       Named("Chi nhánh Công ty cổ phần Thuyền Giấy Ra Khơi tại Cần Thơ"),
       {v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS}},
      {"branch-dissolved",
       Tax(kBranch, "0391388349-002"),
       {"001181599175"},
       AsItIs,
       {v1::VERDICT_REASON_ORGANIZATION_DISSOLVED}},
      {"cooperative", Tax(kCooperative, "1890305822"), {"027067622712"}, AsItIs, {}},
      {"cooperative-abbreviated",
       Tax(kCooperative, "0498598934"),
       {"019075539222"},
       Named("Hợp tác xã Dịch vụ Hòa Khế Ngọt"),
       {}},
      {"cooperative-two",
       Tax(kCooperative, "0393320843"),
       {"046178694699", "010076581127"},
       AsItIs,
       {}},
      {"cooperative-dissolved",
       Tax(kCooperative, "0299319470"),
       {"034059311239"},
       AsItIs,
       {v1::VERDICT_REASON_ORGANIZATION_DISSOLVED}},
      {"agency", Agency("H99.10"), {"002172325922"}, AsItIs, {}},
      {"agency-abbreviated",
       Agency("H99.10.25"),
       {"068069346232"},
       Named("Ủy ban nhân dân phường Sao Mai"),
       {}},
      {"agency-old-address",
       Agency("G98.03.12"),
       {"017180260386"},
       AsItIs,
       {v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS}},
      {"agency-other-head",
       Agency("G98.05"),
       {"025065657734"},
       AsItIs,
       {v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS}},
      {"body",
       Tax(kBody, "0199935726"),
       {"008074226868"},
       Named("Trường Trung học phổ thông Bảng Đen Phấn Trắng"),
       {}},
      {"body-2", Tax(kBody, "0392604433"), {"079171463833"}, AsItIs, {}},
      {"body-dissolved",
       Tax(kBody, "0491358034"),
       {"096164376914"},
       AsItIs,
       {v1::VERDICT_REASON_ORGANIZATION_DISSOLVED}},
      {"other", Other("27/QĐ-UBND", "Câu lạc bộ Đèn Lồng Phố Cổ"), {"052182890721"}, AsItIs, {}},
      {"other-2",
       Other("08/GP-SNV", "Tổ hợp tác Chiêng Đồng Nhà Dài"),
       {"052060090012"},
       AsItIs,
       {}},
  };
}

void Check(const Case& c) {
  INFO(c.name);
  const std::optional<OrganizationRecord> record = FindOrganization(c.key);
  REQUIRE(record.has_value());
  Dossier dossier = Repeat(*record, c.persons);
  c.change(dossier);
  CHECK_OK(Validate(testing::Request("r-1", dossier)));
  const Outcome outcome = Verify(dossier);
  CHECK(outcome.reasons == c.reasons);
  const bool only_address =
      c.reasons == std::vector<v1::VerdictReason>{v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS};
  CHECK(outcome.result == (c.reasons.empty() || only_address ? v1::VERIFICATION_RESULT_MATCH
                                                             : v1::VERIFICATION_RESULT_MISMATCH));
}

TEST_CASE("enterprises of the seed show what the table says") {
  for (const Case& c : Enterprises()) Check(c);
}
TEST_CASE("other organizations of the seed show what the table says") {
  for (const Case& c : Others()) Check(c);
}

TEST_CASE("what the table says is in no registry is in none") {
  for (Dossier dossier : {Enterprise("0194356820"), Other("99/QĐ-THU", "Hội Hang Sâu")}) {
    *dossier.mutable_representative() = testing::Declared(
        *FindPerson(dossier.tax_code().empty() ? "031179004077" : "040088802046"));
    CHECK(Verify(dossier).result == v1::VERIFICATION_RESULT_NOT_FOUND);
  }
}

}  // namespace
}  // namespace eid::verification
