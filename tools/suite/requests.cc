// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/requests.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/codes/tax_code.h"

namespace eid::suite {
namespace {

template <class Request>
Request NewRequest() {
  Request request;
  request.set_request_id(NewRequestId());
  return request;
}

// About a case that may have changed since.
template <class Request>
Request RequestAbout(const approval::v1::Case& claimed) {
  auto request = NewRequest<Request>();
  request.set_case_id(claimed.case_id());
  request.set_etag(claimed.etag());
  return request;
}

}  // namespace

std::string NthTaxCode(absl::string_view province, uint64_t first_serial, uint64_t n) {
  for (uint64_t serial = first_serial + n * 2;; ++serial) {
    const std::string code = absl::StrCat(province, absl::StrFormat("%07d", serial));
    if (const auto digit = codes::TaxCodeCheckDigit(code)) return absl::StrCat(code, *digit);
  }
}

registry::v1::OrganizationRecord OrganizationOf(const PersonData& representative,
                                                absl::string_view tax_code,
                                                absl::string_view vietnamese_name) {
  registry::v1::OrganizationRecord record;
  record.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  record.set_tax_code(std::string(tax_code));
  record.set_business_code(std::string(tax_code));
  record.mutable_names()->set_vietnamese(std::string(vietnamese_name));
  record.mutable_establishment_date()->set_year(2020);
  record.mutable_establishment_date()->set_month(2);
  record.mutable_establishment_date()->set_day(29);
  record.mutable_head_office()->set_street("Số 1 đường Ví Dụ");
  record.mutable_head_office()->set_commune("Phường Mây Trắng");
  record.mutable_head_office()->set_province("Thành phố Hà Nội");
  record.mutable_head_office()->set_province_code("01");
  record.set_state(registry::v1::ORGANIZATION_RECORD_STATE_ACTIVE);
  auto& registered = *record.add_representatives();
  registered.set_full_name(representative.full_name);
  registered.set_document_kind(registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID);
  registered.set_document_number(representative.personal_id);
  return record;
}

org_registration::v1::CreateRegistrationRequest CreationOf(const dossier::v1::Dossier& dossier) {
  auto request = NewRequest<org_registration::v1::CreateRegistrationRequest>();
  *request.mutable_dossier() = dossier;
  return request;
}

org_registration::v1::SubmitRegistrationRequest SubmissionOf(
    const org_registration::v1::Registration& draft) {
  auto request = NewRequest<org_registration::v1::SubmitRegistrationRequest>();
  request.set_registration_id(draft.registration_id());
  request.set_etag(draft.etag());
  request.set_declaration_accepted(true);
  return request;
}

org_registration::v1::SupplementRegistrationRequest CorrectionOf(absl::string_view registration_id,
                                                                 absl::string_view right_name) {
  auto request = NewRequest<org_registration::v1::SupplementRegistrationRequest>();
  request.set_registration_id(std::string(registration_id));
  request.mutable_dossier()->mutable_names()->set_vietnamese(std::string(right_name));
  request.mutable_update_mask()->add_paths("names.vietnamese");
  return request;
}

org_registration::v1::WithdrawRegistrationRequest WithdrawalOf(absl::string_view registration_id) {
  auto request = NewRequest<org_registration::v1::WithdrawRegistrationRequest>();
  request.set_registration_id(std::string(registration_id));
  return request;
}

approval::v1::ClaimCaseRequest ClaimOf(absl::string_view case_id) {
  auto request = NewRequest<approval::v1::ClaimCaseRequest>();
  request.set_case_id(std::string(case_id));
  return request;
}

approval::v1::ApproveCaseRequest ApprovalOf(const approval::v1::Case& claimed,
                                            absl::string_view note) {
  auto request = RequestAbout<approval::v1::ApproveCaseRequest>(claimed);
  request.set_note(std::string(note));
  return request;
}

approval::v1::RequestSupplementRequest SupplementRequestOf(
    const approval::v1::Case& claimed,
    const std::vector<org_registration::v1::SupplementItem>& items) {
  auto request = RequestAbout<approval::v1::RequestSupplementRequest>(claimed);
  for (const auto& item : items) *request.add_items() = item;
  return request;
}

approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed,
                                          approval::v1::RefusalReason reason,
                                          const type::v1::LocalizedText& explanation) {
  auto request = RequestAbout<approval::v1::RejectCaseRequest>(claimed);
  request.set_reason(reason);
  *request.mutable_explanation() = explanation;
  return request;
}

identity::v1::ActivateOrganizationRequest ActivationOf(absl::string_view organization_id) {
  auto request = NewRequest<identity::v1::ActivateOrganizationRequest>();
  request.set_organization_id(std::string(organization_id));
  return request;
}

}  // namespace eid::suite
