// SPDX-License-Identifier: Apache-2.0
#include "services/verification/testing/samples.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/mutation.h"

namespace eid::verification::testing {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

registry::v1::PersonRecord Person() {
  registry::v1::PersonRecord person;
  person.set_personal_id(kPersonalId);
  person.set_full_name("Lê Văn Núi Xanh");
  *person.mutable_birth_date() = Date(1990, 1, 2);
  person.set_sex(registry::v1::SEX_MALE);
  person.set_state(registry::v1::PERSON_STATE_ACTIVE);
  person.set_phone("0912345678");
  *person.mutable_card_expiry_date() = Date(2030, 1, 2);
  return person;
}

registry::v1::PersonRecord OtherPerson() {
  registry::v1::PersonRecord person = Person();
  person.set_personal_id(kOtherPersonalId);
  person.set_full_name("Trần Thị Sông Trong");
  *person.mutable_birth_date() = Date(2002, 3, 4);
  person.set_sex(registry::v1::SEX_FEMALE);
  person.set_phone("0987654321");
  return person;
}

registry::v1::OrganizationRecord Organization() {
  registry::v1::OrganizationRecord record;
  record.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  record.mutable_names()->set_vietnamese("Công ty TNHH Mây Ngũ Sắc");
  *record.mutable_establishment_date() = Date(2018, 5, 14);
  registry::v1::RegisteredAddress& address = *record.mutable_head_office();
  address.set_street("Số 12 đường Ví Dụ");
  address.set_commune("Phường Mây Trắng");
  address.set_province("Thành phố Hà Nội");
  address.set_province_code("01");
  record.set_tax_code(kTaxCode);
  record.set_business_code(kTaxCode);
  *record.add_representatives() = Registered(Person());
  record.set_state(registry::v1::ORGANIZATION_RECORD_STATE_ACTIVE);
  return record;
}

dossier::v1::Dossier Dossier() {
  const registry::v1::OrganizationRecord record = Organization();
  dossier::v1::Dossier dossier;
  dossier.set_category(record.category());
  *dossier.mutable_names() = record.names();
  *dossier.mutable_establishment_date() = record.establishment_date();
  dossier.mutable_head_office()->set_street(record.head_office().street());
  dossier.mutable_head_office()->set_commune(record.head_office().commune());
  dossier.mutable_head_office()->set_province_code(record.head_office().province_code());
  dossier.set_tax_code(record.tax_code());
  dossier.set_business_code(record.business_code());
  *dossier.mutable_representative() = Declared(Person());
  dossier.set_applicant_role(dossier::v1::APPLICANT_ROLE_LEGAL_REPRESENTATIVE);
  return dossier;
}

dossier::v1::Representative Declared(const registry::v1::PersonRecord& person) {
  dossier::v1::Representative declared;
  declared.set_full_name(person.full_name());
  declared.set_personal_id(person.personal_id());
  *declared.mutable_birth_date() = person.birth_date();
  return declared;
}

registry::v1::RegisteredRepresentative Registered(const registry::v1::PersonRecord& person) {
  return RegisteredBy(person, registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID,
                      person.personal_id());
}

registry::v1::RegisteredRepresentative RegisteredBy(const registry::v1::PersonRecord& person,
                                                    registry::v1::RegisteredDocumentKind kind,
                                                    std::string number) {
  registry::v1::RegisteredRepresentative registered;
  registered.set_full_name(person.full_name());
  registered.set_document_kind(kind);
  registered.set_document_number(std::move(number));
  return registered;
}

void AddFormer(registry::v1::FormerDocumentKind kind, std::string number,
               registry::v1::PersonRecord& person) {
  registry::v1::FormerDocument& former = *person.add_former_documents();
  former.set_kind(kind);
  former.set_number(std::move(number));
}

v1::EnsureVerificationRequest Request(std::string registration_id,
                                      const dossier::v1::Dossier& dossier) {
  v1::EnsureVerificationRequest request;
  request.set_verification_id(absl::StrCat(registration_id, ".1"));
  request.set_registration_id(std::move(registration_id));
  *request.mutable_dossier() = dossier;
  request.set_dossier_digest(kv::DigestOf(dossier));
  return request;
}

}  // namespace eid::verification::testing
