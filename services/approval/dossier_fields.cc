// SPDX-License-Identifier: Apache-2.0
#include "services/approval/dossier_fields.h"

namespace eid::approval {
namespace {

constexpr DossierField kFields[] = {
    {"category", "Loại tổ chức", "Category"},
    {"names", "Tên tổ chức", "Names"},
    {"names.vietnamese", "Tên tiếng Việt", "Vietnamese name"},
    {"names.abbreviated", "Tên viết tắt", "Abbreviated name"},
    {"names.foreign", "Tên nước ngoài", "Foreign name"},
    {"establishment_date", "Ngày thành lập", "Day of establishment"},
    {"head_office", "Địa chỉ trụ sở chính", "Head office"},
    {"head_office.street", "Số nhà, đường của trụ sở chính", "Street of the head office"},
    {"head_office.commune", "Xã, phường, đặc khu của trụ sở chính", "Commune of the head office"},
    {"head_office.province_code", "Tỉnh, thành phố của trụ sở chính",
     "Province of the head office"},
    {"tax_code", "Mã số thuế", "Tax code"},
    {"business_code", "Mã số doanh nghiệp, mã số hợp tác xã", "Enterprise or cooperative code"},
    {"agency_code", "Mã định danh điện tử", "Electronic identification code"},
    {"representative", "Người đại diện", "Representative"},
    {"representative.full_name", "Họ tên người đại diện", "Representative's full name"},
    {"representative.personal_id", "Số định danh cá nhân của người đại diện",
     "Representative's personal ID number"},
    {"representative.birth_date", "Ngày sinh của người đại diện", "Representative's day of birth"},
    {"representative.position", "Chức vụ của người đại diện", "Representative's post"},
    {"co_representatives", "Những người đại diện theo pháp luật khác",
     "Other legal representatives"},
    {"applicant_role", "Tư cách người nộp hồ sơ", "Applicant's role"},
    {"contact", "Thông tin liên hệ", "Contact"},
    {"contact.phone", "Số điện thoại liên hệ", "Contact phone"},
    {"contact.email", "Thư điện tử liên hệ", "Contact e-mail"},
    {"establishment_decision", "Số quyết định thành lập hoặc giấy phép",
     "Decision or license of establishment"},
    {"authorization_reference", "Văn bản ủy quyền", "Written authorization"},
};

}  // namespace

absl::Span<const DossierField> DossierFields() { return kFields; }

const DossierField* FindDossierField(absl::string_view path) {
  for (const DossierField& field : kFields) {
    if (field.path == path) return &field;
  }
  return nullptr;
}

}  // namespace eid::approval
