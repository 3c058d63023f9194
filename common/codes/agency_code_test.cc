// SPDX-License-Identifier: Apache-2.0
#include "common/codes/agency_code.h"

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

TEST_CASE("identification codes of agencies are accepted") {
  for (const char* value : {"G01", "H26", "G01.899", "G01.899.107", "G01.899.107.000",
                            "H26.1.A.B2.C3D.E4F5", "A00.1234.5678.90AB.CDEF.GHIJ.KLMN"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckAgencyCode(value).has_value());
  }
}

TEST_CASE("other codes are refused with the reason") {
  struct Case {
    const char* value;
    policy::v1::FieldReason reason;
  };
  const Case cases[] = {
      {"", policy::v1::FIELD_REASON_REQUIRED},
      {"G1", policy::v1::FIELD_REASON_MALFORMED},
      {"G011", policy::v1::FIELD_REASON_MALFORMED},
      {"g01", policy::v1::FIELD_REASON_MALFORMED},
      {"GO1", policy::v1::FIELD_REASON_MALFORMED},
      {"101", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.", policy::v1::FIELD_REASON_MALFORMED},
      {".G01", policy::v1::FIELD_REASON_MALFORMED},
      {"G01..1", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.12345", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.89a", policy::v1::FIELD_REASON_MALFORMED},
      {"G01-899", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.8 9", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.Đ1", policy::v1::FIELD_REASON_MALFORMED},
      {"G01.1.2.3.4.5.6.7", policy::v1::FIELD_REASON_MALFORMED},
      {"0100109106", policy::v1::FIELD_REASON_MALFORMED},
      {"A00.1234.5678.90AB.CDEF.GHIJ.KLMNOPQ", policy::v1::FIELD_REASON_TOO_LONG},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    const auto error = CheckAgencyCode(c.value);
    REQUIRE(error.has_value());
    CHECK(error->reason == c.reason);
  }
}

}  // namespace
}  // namespace eid::codes
