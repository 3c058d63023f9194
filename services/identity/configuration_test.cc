// SPDX-License-Identifier: Apache-2.0
#include "services/identity/configuration.h"

#include <functional>
#include <limits>
#include <vector>

#include "common/testing/matchers.h"

namespace eid::identity {
namespace {

Config Least() {
  Config config;
  config.set_key_dir("keys");
  config.set_calendar_path("calendar");
  config.set_periods_path("periods");
  return config;
}

TEST_CASE("what is not set has the default that the comment gives") {
  const Config config = Least();
  CHECK_OK(CheckConfig(config));
  CHECK(PersonCheckTimeout(config) == absl::Seconds(5));
  CHECK(UpkeepPause(config) == absl::Seconds(1));
  CHECK(KeyTimesOf({}).period == absl::Hours(24 * 30));
  CHECK(KeyTimesOf({}).lead == absl::Minutes(10));
  CHECK(PasswordParamsOf({}).memory_kib == 19 * 1024);
  CHECK(HashingPoolOf({}).max_queue == 64);
  CHECK(CodeAllowancesOf({}).account.burst == 20);
  CHECK(CodeAllowancesOf({}).account.refill == absl::Seconds(30));
}

TEST_CASE("the greatest that is taken can be counted with") {
  Config config = Least();
  config.mutable_key_rotation()->set_period_days(36'500);
  config.mutable_throttling()->set_code_burst(1'000'000);
  CHECK_OK(CheckConfig(config));
  CHECK(KeyTimesOf(config.key_rotation()).period == 36'500 * absl::Hours(24));
  CHECK(CodeAllowancesOf(config.throttling()).account.burst == 4'000'000);
}

TEST_CASE("a wrong configuration is refused before anything starts") {
  constexpr int kMost = std::numeric_limits<int>::max();
  const std::vector<std::function<void(Config&)>> mistakes = {
      [](Config& c) { c.clear_key_dir(); },
      [](Config& c) { c.clear_calendar_path(); },
      [](Config& c) { c.clear_periods_path(); },
      [](Config& c) { c.set_person_check_timeout_ms(-1); },
      [](Config& c) { c.set_upkeep_seconds(-1); },
      [](Config& c) { c.mutable_hashing()->set_memory_kib(7); },
      // Nobody's password would be right any more.
      [](Config& c) { c.mutable_hashing()->set_memory_kib(1024 * 1024 + 1); },
      [](Config& c) { c.mutable_hashing()->set_iterations(65); },
      [](Config& c) { c.mutable_hashing()->set_threads(kMost); },
      [](Config& c) { c.mutable_hashing()->set_queue(-1); },
      [](Config& c) { c.mutable_throttling()->set_client_burst(-1); },
      [](Config& c) { c.mutable_throttling()->set_client_per_second(-1); },
      [](Config& c) { c.mutable_throttling()->set_code_burst(kMost); },
      [](Config& c) { c.mutable_throttling()->set_code_refill_seconds(86'401); },
      [](Config& c) { c.mutable_throttling()->set_account_code_burst(-1); },
      [](Config& c) { c.mutable_throttling()->set_account_code_refill_seconds(kMost); },
      [](Config& c) { c.mutable_key_rotation()->set_period_days(kMost); },
      [](Config& c) { c.mutable_key_rotation()->set_publish_lead_seconds(3); },
  };
  for (const auto& mistake : mistakes) {
    Config config = Least();
    mistake(config);
    INFO(config.ShortDebugString());
    CHECK(CheckConfig(config).code() == absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace eid::identity
