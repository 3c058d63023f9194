// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/requests.h"

#include "absl/strings/str_cat.h"

namespace eid::crash {

registry::v1::OrganizationRecord OrganizationOf(const suite::PersonData& representative,
                                                const std::string& tax_code) {
  return suite::OrganizationOf(representative, tax_code,
                               absl::StrCat("Công ty TNHH Bền Bỉ ", tax_code));
}

approval::v1::RequestSupplementRequest SupplementRequestOf(const approval::v1::Case& claimed) {
  org_registration::v1::SupplementItem item;
  item.set_field("names.vietnamese");
  item.mutable_message()->set_vi("Tên chưa đúng.");
  return suite::SupplementRequestOf(claimed, {item});
}

approval::v1::RejectCaseRequest RefusalOf(const approval::v1::Case& claimed) {
  type::v1::LocalizedText explanation;
  explanation.set_vi("Không đủ điều kiện.");
  return suite::RefusalOf(claimed, approval::v1::REFUSAL_REASON_NOT_ELIGIBLE, explanation);
}

}  // namespace eid::crash
