// SPDX-License-Identifier: Apache-2.0
#include "common/status/violations.h"

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace eid {
namespace {

using policy::v1::COMMON_REASON_INVALID_REQUEST;

TEST_CASE("no violations are OK") {
  CHECK(Violations().empty());
  CHECK_OK(Violations().ToStatus(COMMON_REASON_INVALID_REQUEST));
}

TEST_CASE("every violation is told, in English and Vietnamese") {
  Violations violations;
  violations.Add("tax_code", policy::v1::FIELD_REASON_CHECK_DIGIT, "The check digit is wrong.");
  violations.Add(Nested(Indexed("factors", 1), "code"), policy::v1::FIELD_REASON_REQUIRED,
                 "Must be set.");
  CHECK(violations.size() == 2);

  const absl::Status status = violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(status.message() ==
        "2 fields are wrong: tax_code: The check digit is wrong. factors[1].code: Must be set.");
  CHECK(HasReason(status, COMMON_REASON_INVALID_REQUEST));

  const auto request = DetailOf<google::rpc::BadRequest>(status);
  REQUIRE(request.has_value());
  REQUIRE(request->field_violations_size() == 2);
  const auto& first = request->field_violations(0);
  CHECK(first.field() == "tax_code");
  CHECK(first.reason() == "CHECK_DIGIT");
  CHECK(first.description() == "The check digit is wrong.");
  CHECK(first.localized_message().locale() == "vi");
  CHECK(first.localized_message().message() == "Sai số kiểm tra, vui lòng xem lại từng chữ số.");
  CHECK(request->field_violations(1).field() == "factors[1].code");
}

TEST_CASE("dozens are kept, as many as clients take; five are in the message") {
  for (const int count : {1, 5, 6, 40, 100, 100'000}) {
    Violations violations;
    for (int i = 0; i < count; ++i) {
      violations.Add(Indexed("f", static_cast<size_t>(i)), policy::v1::FIELD_REASON_REQUIRED,
                     "Must be set.");
    }
    const int kept = violations.size();
    CHECK(kept <= count);
    CHECK((kept == count || kept > 40));
    const absl::Status status = violations.ToStatus(COMMON_REASON_INVALID_REQUEST);
    const auto details = DetailOf<google::rpc::BadRequest>(status);
    CHECK(details->field_violations_size() == kept);
    // In base64, beside the message and the other details.
    CHECK(details->ByteSizeLong() < 5000);
    CHECK(status.message().size() < 200);
    const bool cut =
        status.message().find(absl::StrCat("And ", kept - 5, " more.")) != absl::string_view::npos;
    CHECK(cut == (count > 5));
  }
}

TEST_CASE("field paths") {
  CHECK(Nested("", "a") == "a");
  CHECK(Nested("a", "b") == "a.b");
  CHECK(Indexed("a", 0) == "a[0]");
}

}  // namespace
}  // namespace eid
