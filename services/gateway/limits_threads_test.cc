// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/catch.h"
#include "common/testing/fake_clock.h"
#include "services/gateway/limits.h"

namespace eid::gateway {
namespace {

TEST_CASE("callers at once get no more than there is", "[threads]") {
  FakeClock clock;
  LimitsConfig config;
  config.mutable_account()->mutable_write()->set_per_second(1);
  config.mutable_account()->mutable_write()->set_burst(100);
  config.set_max_clients(10);
  Limits limits(config, clock);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        if (limits.Take("shared", true, policy::v1::RATE_CLASS_WRITE).ok()) ++passed;
        // Others come and are forgotten meanwhile, but never who is always here.
        limits.Take(absl::StrCat(t, "-", i % 5), false, policy::v1::RATE_CLASS_READ).IgnoreError();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(passed == 100);
  CHECK(limits.size() == 10);
}

}  // namespace
}  // namespace eid::gateway
