// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/testing/dossiers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace eid::org_registration::testing {
namespace {

void SetDate(int year, int month, int day, google::type::Date& date) {
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
}

}  // namespace

std::string CoRepresentativeId(int n) { return absl::StrFormat("079185%06d", n); }

dossier::v1::Representative CoRepresentative(int n) {
  dossier::v1::Representative person;
  person.set_full_name(absl::StrCat("Trần Thị Bình ", n));
  person.set_personal_id(CoRepresentativeId(n));
  SetDate(1985, 5, 6, *person.mutable_birth_date());
  return person;
}

dossier::v1::Dossier ValidDossier(dossier::v1::OrganizationCategory category,
                                  int co_representatives) {
  dossier::v1::Dossier dossier;
  dossier.set_category(category);
  dossier.mutable_names()->set_vietnamese("Công ty TNHH Sao Mai");
  SetDate(2015, 3, 20, *dossier.mutable_establishment_date());
  dossier.mutable_head_office()->set_street("12 Lý Thường Kiệt");
  dossier.mutable_head_office()->set_commune("Phường Cửa Nam");
  dossier.mutable_head_office()->set_province_code("01");
  dossier.mutable_representative()->set_full_name("Nguyễn Văn An");
  dossier.mutable_representative()->set_personal_id(kApplicantId);
  SetDate(1990, 2, 3, *dossier.mutable_representative()->mutable_birth_date());
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_LEGAL_REPRESENTATIVE);
  dossier.mutable_contact()->set_phone("+84912345678");
  switch (category) {
    case dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE:
    case dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE:
      dossier.set_tax_code(kEnterpriseTaxCode);
      dossier.set_business_code(kEnterpriseTaxCode);
      break;
    case dossier::v1::ORGANIZATION_CATEGORY_BRANCH: dossier.set_tax_code(kBranchTaxCode); break;
    case dossier::v1::ORGANIZATION_CATEGORY_TAX_CODED_BODY:
      dossier.set_tax_code(kEnterpriseTaxCode);
      break;
    case dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY:
      dossier.set_agency_code("G01.899");
      dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_HEAD);
      break;
    default: dossier.set_establishment_decision("12/QĐ-UBND"); break;
  }
  for (int n = 0; n < co_representatives; ++n) {
    *dossier.add_co_representatives() = CoRepresentative(n);
  }
  return dossier;
}

dossier::v1::Dossier AuthorizedDossier(int co_representatives) {
  dossier::v1::Dossier dossier =
      ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, co_representatives);
  *dossier.mutable_representative() = CoRepresentative(kAuthorizer);
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON);
  dossier.set_authorization_reference("Giấy ủy quyền 05/2025");
  return dossier;
}

}  // namespace eid::org_registration::testing
