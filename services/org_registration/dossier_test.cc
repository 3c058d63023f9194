// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/dossier.h"

#include <set>

#include "common/status/status.h"
#include "common/status/violations.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"
#include "services/org_registration/dossier_check.h"
#include "services/org_registration/dossier_fields.h"
#include "services/org_registration/testing/dossiers.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using google::protobuf::FieldMask;
using testing::ValidDossier;

constexpr absl::CivilDay kToday(2026, 11, 21);

// "field REASON" for each violation.
std::set<std::string> Wrong(const Dossier& dossier, Completeness completeness) {
  Violations violations;
  CheckDossier(dossier, kToday, completeness, violations);
  const absl::Status status = violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
  std::set<std::string> wrong;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.has_value()) return wrong;
  for (const auto& violation : bad->field_violations()) {
    wrong.insert(violation.field() + " " + violation.reason());
  }
  return wrong;
}

using Names = std::set<std::string>;

TEST_CASE("a complete dossier of each category is right, in its canonical form") {
  for (int category = 1; category < dossier::v1::OrganizationCategory_ARRAYSIZE; ++category) {
    const Dossier dossier =
        ValidDossier(static_cast<dossier::v1::OrganizationCategory>(category), 3);
    INFO(dossier::v1::OrganizationCategory_Name(dossier.category()));
    CHECK(Wrong(dossier, Completeness::kSubmission) == Names{});
    CHECK(Canonical(dossier).SerializeAsString() == dossier.SerializeAsString());
  }
}

TEST_CASE("nothing is a draft, and everything that a submission needs is named") {
  CHECK(Wrong({}, Completeness::kDraft) == Names{});
  CHECK(Wrong({}, Completeness::kSubmission) ==
        Names{"dossier.applicant_role REQUIRED", "dossier.category REQUIRED",
              "dossier.contact.phone REQUIRED", "dossier.establishment_date REQUIRED",
              "dossier.head_office.commune REQUIRED", "dossier.head_office.province_code REQUIRED",
              "dossier.head_office.street REQUIRED", "dossier.names.vietnamese REQUIRED",
              "dossier.representative.birth_date REQUIRED",
              "dossier.representative.full_name REQUIRED",
              "dossier.representative.personal_id REQUIRED"});
}

struct Case {
  const char* name;
  void (*spoil)(Dossier&);
  // What a submission says; of these, what a draft says too.
  Names submission;
  bool draft;
};

TEST_CASE("what is wrong with a dossier is named, each with its path and reason") {
  const std::vector<Case> cases = {
      {"check digit",
       [](Dossier& d) { d.set_tax_code("0100109107"); },
       {"dossier.tax_code CHECK_DIGIT"},
       true},
      {"other enterprise code",
       [](Dossier& d) { d.set_business_code("0312687878"); },
       {"dossier.business_code INCONSISTENT"},
       false},
      {"no codes",
       [](Dossier& d) { d.clear_tax_code(), d.clear_business_code(); },
       {"dossier.tax_code REQUIRED", "dossier.business_code REQUIRED"},
       false},
      {"a branch's tax code",
       [](Dossier& d) {
         d.set_tax_code(testing::kBranchTaxCode), d.set_business_code(d.tax_code());
       },
       {"dossier.tax_code INCONSISTENT"},
       false},
      {"a branch without one",
       [](Dossier& d) { d.set_category(dossier::v1::ORGANIZATION_CATEGORY_BRANCH); },
       {"dossier.tax_code INCONSISTENT", "dossier.business_code NOT_ALLOWED"},
       false},
      {"an agency without its code",
       [](Dossier& d) {
         d.set_category(dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY);
         d.clear_business_code();
       },
       {"dossier.agency_code REQUIRED"},
       false},
      {"no decision",
       [](Dossier& d) {
         d = ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_OTHER);
         d.clear_establishment_decision();
       },
       {"dossier.establishment_decision REQUIRED"},
       false},
      {"agency code",
       [](Dossier& d) { d.set_agency_code("g01"); },
       {"dossier.agency_code MALFORMED"},
       true},
      {"unknown category",
       [](Dossier& d) { d.set_category(static_cast<dossier::v1::OrganizationCategory>(99)); },
       {"dossier.category UNKNOWN_VALUE"},
       true},
      {"province",
       [](Dossier& d) { d.mutable_head_office()->set_province_code("02"); },
       {"dossier.head_office.province_code UNKNOWN_VALUE"},
       true},
      {"long name",
       [](Dossier& d) { d.mutable_names()->set_vietnamese(std::string(301, 'a')); },
       {"dossier.names.vietnamese TOO_LONG"},
       true},
      {"control character",
       [](Dossier& d) { d.mutable_names()->set_foreign("a\x01z"); },
       {"dossier.names.foreign BAD_CHARACTERS"},
       true},
      {"founded tomorrow",
       [](Dossier& d) {
         d.mutable_establishment_date()->set_year(2026);
         d.mutable_establishment_date()->set_month(11);
         d.mutable_establishment_date()->set_day(22);
       },
       {"dossier.establishment_date OUT_OF_RANGE"},
       true},
      {"founded long ago",
       [](Dossier& d) { d.mutable_establishment_date()->set_year(1899); },
       {"dossier.establishment_date OUT_OF_RANGE"},
       true},
      {"no such day",
       [](Dossier& d) { d.mutable_establishment_date()->set_day(32); },
       {"dossier.establishment_date MALFORMED"},
       true},
      {"birth year",
       [](Dossier& d) { d.mutable_representative()->mutable_birth_date()->set_year(1991); },
       {"dossier.representative.personal_id INCONSISTENT"},
       false},
      {"personal number",
       [](Dossier& d) { d.mutable_representative()->set_personal_id("12"); },
       {"dossier.representative.personal_id MALFORMED"},
       true},
      {"the representative again",
       [](Dossier& d) { *d.add_co_representatives() = d.representative(); },
       {"dossier.co_representatives[0].personal_id DUPLICATE"},
       true},
      {"twice the same",
       [](Dossier& d) {
         *d.add_co_representatives() = testing::CoRepresentative(0);
         *d.add_co_representatives() = testing::CoRepresentative(0);
       },
       {"dossier.co_representatives[1].personal_id DUPLICATE"},
       true},
      {"too many",
       [](Dossier& d) {
         for (int n = 0; n < 21; ++n) *d.add_co_representatives() = testing::CoRepresentative(n);
       },
       {"dossier.co_representatives TOO_MANY"},
       true},
      {"phone",
       [](Dossier& d) { d.mutable_contact()->set_phone("12345"); },
       {"dossier.contact.phone MALFORMED"},
       true},
      {"e-mail",
       [](Dossier& d) { d.mutable_contact()->set_email("nobody"); },
       {"dossier.contact.email MALFORMED"},
       true},
      {"authorized by nothing",
       [](Dossier& d) { d.set_applicant_role(dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON); },
       {"dossier.authorization_reference REQUIRED"},
       false},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    Dossier dossier = ValidDossier();
    c.spoil(dossier);
    CHECK(Wrong(dossier, Completeness::kSubmission) == c.submission);
    CHECK(Wrong(dossier, Completeness::kDraft) == (c.draft ? c.submission : Names{}));
  }
}

TEST_CASE("an enterprise's identification code is its enterprise code, and nobody else's") {
  for (int number = 1; number < dossier::v1::OrganizationCategory_ARRAYSIZE; ++number) {
    const auto category = static_cast<dossier::v1::OrganizationCategory>(number);
    const bool business = category == dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE ||
                          category == dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE;
    INFO(dossier::v1::OrganizationCategory_Name(category));
    Dossier dossier = ValidDossier(category);
    dossier.set_agency_code(testing::kEnterpriseTaxCode);
    CHECK(Wrong(dossier, Completeness::kSubmission) ==
          (business ? Names{} : Names{"dossier.agency_code MALFORMED"}));
    // The category of a draft may yet change.
    CHECK(Wrong(dossier, Completeness::kDraft) == Names{});
    dossier.set_agency_code("H26.10");
    CHECK(Wrong(dossier, Completeness::kSubmission) ==
          (business ? Names{"dossier.agency_code INCONSISTENT"} : Names{}));
    dossier.set_agency_code(testing::kOtherTaxCode);
    CHECK(Wrong(dossier, Completeness::kSubmission) ==
          Names{business ? "dossier.agency_code INCONSISTENT" : "dossier.agency_code MALFORMED"});
  }
}

TEST_CASE("twenty co-representatives, whoever files") {
  Dossier dossier = testing::AuthorizedDossier(20);
  CHECK(Wrong(dossier, Completeness::kSubmission) == Names{});
  *dossier.add_co_representatives() = testing::CoRepresentative(20);
  CHECK(Wrong(dossier, Completeness::kSubmission) == Names{"dossier.co_representatives TOO_MANY"});
}

TEST_CASE("34 provinces") {
  int known = 0;
  for (int code = 0; code < 100; ++code) {
    const std::string digits = {static_cast<char>('0' + code / 10),
                                static_cast<char>('0' + code % 10)};
    known += IsProvinceCode(digits) ? 1 : 0;
  }
  CHECK(known == 34);
  CHECK_FALSE(IsProvinceCode("1"));
  CHECK_FALSE(IsProvinceCode(""));
}

TEST_CASE("the table of paths is the contract's") {
  std::set<std::string> paths;
  const auto* type = Dossier::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    paths.insert(field->name());
    const auto* part = field->message_type();
    if (part == nullptr || field->is_repeated() || part->full_name() == "google.type.Date")
      continue;
    for (int j = 0; j < part->field_count(); ++j) {
      paths.insert(field->name() + "." + part->field(j)->name());
    }
  }
  std::set<std::string> table;
  for (const absl::string_view path : DossierPaths()) table.emplace(path);
  CHECK(table == paths);
}

TEST_CASE("a mask takes what it names, and clears what is not there") {
  Dossier values;
  values.mutable_names()->set_foreign("Morning Star");
  values.set_tax_code("0312687878");
  values.mutable_contact()->set_email("a@example.vn");
  Dossier dossier = ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, 2);
  FieldMask mask;
  mask.add_paths("names.foreign");
  mask.add_paths("contact");
  mask.add_paths("co_representatives");
  mask.add_paths("establishment_date");
  TakeFields(mask, values, dossier);
  Dossier expected = ValidDossier();
  expected.mutable_names()->set_foreign("Morning Star");
  *expected.mutable_contact() = values.contact();
  expected.clear_establishment_date();
  CHECK(dossier.SerializeAsString() == expected.SerializeAsString());

  for (const char* all : {"", "*"}) {
    FieldMask whole;
    if (*all != '\0') whole.add_paths(all);
    Dossier replaced = ValidDossier();
    TakeFields(whole, values, replaced);
    CHECK(replaced.SerializeAsString() == values.SerializeAsString());
  }
}

TEST_CASE("unknown paths of a mask are named") {
  for (const char* path : {"", "nothing", "names.", "names.vietnamese.x", "*",
                           "co_representatives.0", "establishment_date.year", "registration_id"}) {
    FieldMask mask;
    mask.add_paths("names");
    mask.add_paths(path);
    Violations violations;
    CheckMask(mask, violations);
    INFO(path);
    CHECK(violations.size() == 1);
  }
}

TEST_CASE("what a supplement request opens") {
  const auto open = [](std::vector<std::string> fields) {
    v1::SupplementRequest request;
    for (std::string& field : fields) request.add_items()->set_field(std::move(field));
    return OpenPaths(request);
  };
  CHECK(IsOpen(open({"names"}), "names.foreign"));
  CHECK(IsOpen(open({"names"}), "names"));
  CHECK_FALSE(IsOpen(open({"names.foreign"}), "names"));
  CHECK_FALSE(IsOpen(open({"names.foreign"}), "names.vietnamese"));
  CHECK_FALSE(IsOpen(open({"contact"}), "names"));
  CHECK(IsOpen(open({"co_representatives[1].full_name"}), "co_representatives"));
  CHECK(IsOpen(open({"establishment_date.year"}), "establishment_date"));
  // What must change together.
  CHECK(IsOpen(open({"tax_code"}), "business_code"));
  CHECK(IsOpen(open({"business_code"}), "agency_code"));
  CHECK_FALSE(IsOpen(open({"agency_code"}), "tax_code"));
  CHECK(IsOpen(open({"representative.birth_date"}), "representative.personal_id"));
  CHECK_FALSE(IsOpen(open({"representative.birth_date"}), "representative.full_name"));
  // An unknown field opens nothing, unless there is no other.
  CHECK_FALSE(IsOpen(open({"names", "attachments"}), "contact"));
  CHECK(IsOpen(open({"attachments"}), "contact.phone"));
}

}  // namespace
}  // namespace eid::org_registration
