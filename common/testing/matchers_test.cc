// SPDX-License-Identifier: Apache-2.0
#include "common/testing/matchers.h"

#include <memory>

#include "common/log/log.h"  // Its CHECK must give way to Catch2's.
#include "common/status/status.h"
#include "common/status/violations.h"
#include "common/testing/fake_clock.h"
#include "common/testing/sequential_ids.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid {
namespace {

TEST_CASE("Describe tells code, message, reason and fields") {
  CHECK(testing::Describe(absl::OkStatus()) == "OK");
  CHECK(testing::Describe(absl::NotFoundError("no")) == "NOT_FOUND: no");
  CHECK(testing::Describe(Error(absl::StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH,
                                "Changed.")) ==
        "ABORTED: Changed. [ETAG_MISMATCH in eid.policy.v1]");
  Violations violations;
  violations.Add("a.b", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  CHECK_THAT(testing::Describe(violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST)),
             Catch::EndsWith("[INVALID_REQUEST in eid.policy.v1]\n  a.b: REQUIRED"));
}

TEST_CASE("REQUIRE_OK takes a Status and a StatusOr, also of what cannot be copied") {
  REQUIRE_OK(absl::OkStatus());
  CHECK_OK(absl::StatusOr<std::unique_ptr<int>>(nullptr));
  CHECK(*testing::Value(absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(7))) == 7);
}

TEST_CASE("FakeClock moves only when told") {
  FakeClock clock;
  CHECK(absl::FormatTime(absl::RFC3339_full, clock.TimeNow(), absl::UTCTimeZone()) ==
        "2025-03-03T02:00:00+00:00");
  clock.Advance(absl::Minutes(2));
  CHECK(clock.TimeNow() == FakeClock().TimeNow() + absl::Minutes(2));
  clock.SetTime(absl::UnixEpoch());
  CHECK(clock.TimeNow() == absl::UnixEpoch());
}

TEST_CASE("SequentialIds counts") {
  SequentialIds ids;
  CHECK(ids.NewId() == "id-1");
  CHECK(ids.NewId() == "id-2");
  CHECK(SequentialIds("case-").NewId() == "case-1");
}

}  // namespace
}  // namespace eid
