// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/requests.h"

#include <set>
#include <string>

#include "common/codes/tax_code.h"
#include "common/testing/catch.h"

namespace eid::suite {
namespace {

TEST_CASE("tax codes are right, and no two are the same") {
  constexpr int kCount = 2000;
  std::set<std::string> codes;
  for (int n = 0; n < kCount; ++n) {
    const std::string code = NthTaxCode("37", 1'000'000, n);
    INFO(code);
    CHECK_FALSE(codes::CheckTaxCode(code).has_value());
    codes.insert(code);
  }
  CHECK(codes.size() == kCount);
  CHECK(codes.begin()->substr(0, 3) == "371");
}

TEST_CASE("every request has an id of its own") {
  CHECK(ClaimOf("case").request_id() != ClaimOf("case").request_id());
  approval::v1::Case claimed;
  claimed.set_case_id("case");
  claimed.set_etag("7");
  const auto approval = ApprovalOf(claimed, "note");
  CHECK_FALSE(approval.request_id().empty());
  CHECK(approval.case_id() == "case");
  CHECK(approval.etag() == "7");
  CHECK(approval.note() == "note");
}

}  // namespace
}  // namespace eid::suite
