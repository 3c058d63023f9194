// SPDX-License-Identifier: Apache-2.0
#include "services/approval/configuration.h"

#include <limits>

#include "common/testing/matchers.h"

namespace eid::approval {
namespace {

TEST_CASE("the longest periods that can be said are counted in days and seconds") {
  constexpr int kMost = std::numeric_limits<int>::max();
  Config config;
  config.set_supplement_days(kMost);
  config.set_lease_seconds(kMost);
  const Examination::Options options = ExaminationOptions(config);
  CHECK(options.supplement_period == kMost * absl::Hours(24));
  CHECK(options.lease == absl::Seconds(kMost));
  CHECK(ExaminationOptions({}).supplement_period == absl::Hours(24 * 30));
}

TEST_CASE("everything that is missing or negative is named") {
  Config config;
  config.set_lease_seconds(-1);
  const absl::Status status = CheckConfig(config);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  for (const char* field : {"data_dir", "high_water_path", "keys.identity.address", "key_dir",
                            "carrier.address", "calendar_path", "periods_path", "lease_seconds"})
    CHECK(status.message().find(field) != status.message().npos);
}

}  // namespace
}  // namespace eid::approval
