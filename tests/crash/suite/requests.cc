// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/requests.h"

#include "absl/strings/str_cat.h"

namespace eid::crash {

registry::v1::OrganizationRecord OrganizationOf(const suite::PersonData& representative,
                                                const std::string& tax_code) {
  registry::v1::OrganizationRecord record;
  record.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  record.mutable_names()->set_vietnamese(absl::StrCat("Công ty TNHH Bền Bỉ ", tax_code));
  record.mutable_establishment_date()->set_year(2020);
  record.mutable_establishment_date()->set_month(2);
  record.mutable_establishment_date()->set_day(29);
  record.mutable_head_office()->set_street("Số 1 đường Ví Dụ");
  record.mutable_head_office()->set_commune("Phường Mây Trắng");
  record.mutable_head_office()->set_province("Thành phố Hà Nội");
  record.mutable_head_office()->set_province_code("01");
  record.set_tax_code(tax_code);
  record.set_business_code(tax_code);
  record.set_state(registry::v1::ORGANIZATION_RECORD_STATE_ACTIVE);
  auto& registered = *record.add_representatives();
  registered.set_full_name(representative.full_name);
  registered.set_document_kind(registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID);
  registered.set_document_number(representative.personal_id);
  return record;
}

org_registration::v1::CreateRegistrationRequest CreationOf(const dossier::v1::Dossier& dossier) {
  org_registration::v1::CreateRegistrationRequest request;
  request.set_request_id(suite::NewRequestId());
  *request.mutable_dossier() = dossier;
  return request;
}

org_registration::v1::SubmitRegistrationRequest SubmissionOf(
    const org_registration::v1::Registration& draft) {
  org_registration::v1::SubmitRegistrationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_registration_id(draft.registration_id());
  request.set_etag(draft.etag());
  request.set_declaration_accepted(true);
  return request;
}

org_registration::v1::SupplementRegistrationRequest CorrectionOf(const std::string& registration_id,
                                                                 const std::string& right_name) {
  org_registration::v1::SupplementRegistrationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_registration_id(registration_id);
  request.mutable_dossier()->mutable_names()->set_vietnamese(right_name);
  request.mutable_update_mask()->add_paths("names.vietnamese");
  return request;
}

org_registration::v1::WithdrawRegistrationRequest WithdrawalOf(const std::string& registration_id) {
  org_registration::v1::WithdrawRegistrationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_registration_id(registration_id);
  return request;
}

approval::v1::ClaimCaseRequest ClaimOf(const std::string& case_id) {
  approval::v1::ClaimCaseRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_case_id(case_id);
  return request;
}

approval::v1::RequestSupplementRequest SupplementRequestOf(const approval::v1::Case& claimed) {
  approval::v1::RequestSupplementRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_case_id(claimed.case_id());
  request.set_etag(claimed.etag());
  org_registration::v1::SupplementItem& item = *request.add_items();
  item.set_field("names.vietnamese");
  item.mutable_message()->set_vi("Tên chưa đúng.");
  return request;
}

approval::v1::ApproveCaseRequest ApprovalOf(const approval::v1::Case& claimed) {
  approval::v1::ApproveCaseRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_case_id(claimed.case_id());
  request.set_etag(claimed.etag());
  return request;
}

approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed) {
  approval::v1::RejectCaseRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_case_id(claimed.case_id());
  request.set_etag(claimed.etag());
  request.set_reason(approval::v1::REFUSAL_REASON_NOT_ELIGIBLE);
  request.mutable_explanation()->set_vi("Không đủ điều kiện.");
  return request;
}

identity::v1::ActivateOrganizationRequest ActivationOf(const std::string& organization_id) {
  identity::v1::ActivateOrganizationRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_organization_id(organization_id);
  return request;
}

}  // namespace eid::crash
