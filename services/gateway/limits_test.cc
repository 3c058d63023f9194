// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/limits.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/testing/calls.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::gateway {
namespace {

using policy::v1::RATE_CLASS_READ;
using policy::v1::RATE_CLASS_WRITE;

// Two writes per second, three at once, for accounts; ten times that for addresses.
LimitsConfig Config() {
  LimitsConfig config;
  config.mutable_account()->mutable_write()->set_per_second(2);
  config.mutable_account()->mutable_write()->set_burst(3);
  config.mutable_address()->mutable_write()->set_per_second(20);
  config.mutable_address()->mutable_write()->set_burst(30);
  return config;
}

int Passing(Limits& limits, const std::string& client, bool is_account, int tries) {
  int passed = 0;
  for (int i = 0; i < tries; ++i) {
    if (limits.Take(client, is_account, RATE_CLASS_WRITE).ok()) ++passed;
  }
  return passed;
}

TEST_CASE("a client may burst, then goes at the rate") {
  FakeClock clock;
  Limits limits(Config(), clock);
  CHECK(Passing(limits, "a", true, 10) == 3);
  clock.Advance(absl::Milliseconds(499));
  CHECK(Passing(limits, "a", true, 1) == 0);
  clock.Advance(absl::Milliseconds(1));
  CHECK(Passing(limits, "a", true, 2) == 1);
  clock.Advance(absl::Hours(1));
  CHECK(Passing(limits, "a", true, 10) == 3);
}

TEST_CASE("a refusal says when to come back") {
  FakeClock clock;
  Limits limits(Config(), clock);
  Passing(limits, "a", true, 3);
  clock.Advance(absl::Milliseconds(100));
  const absl::Status refused = limits.Take("a", true, RATE_CLASS_WRITE);
  CHECK(refused.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(refused, policy::v1::COMMON_REASON_RATE_LIMITED));
  const auto retry = DetailOf<google::rpc::RetryInfo>(refused);
  REQUIRE(retry.has_value());
  const absl::Duration wait = absl::Seconds(retry->retry_delay().seconds()) +
                              absl::Nanoseconds(retry->retry_delay().nanos());
  CHECK(wait >= absl::Milliseconds(399));
  CHECK(wait <= absl::Milliseconds(401));
  clock.Advance(wait + absl::Milliseconds(1));
  CHECK_OK(limits.Take("a", true, RATE_CLASS_WRITE));
}

TEST_CASE("clients, classes and kinds of clients do not share buckets") {
  FakeClock clock;
  Limits limits(Config(), clock);
  CHECK(Passing(limits, "a", true, 10) == 3);
  CHECK(Passing(limits, "b", true, 10) == 3);
  CHECK(Passing(limits, "c", false, 100) == 30);
  CHECK_OK(limits.Take("a", true, RATE_CLASS_READ));
}

TEST_CASE("a clock that is set back neither fills nor empties a bucket") {
  FakeClock clock;
  Limits limits(Config(), clock);
  CHECK(Passing(limits, "a", true, 2) == 2);
  clock.Advance(-absl::Hours(1));
  CHECK(Passing(limits, "a", true, 5) == 1);
  clock.Advance(absl::Seconds(1));
  CHECK(Passing(limits, "a", true, 5) == 2);
}

TEST_CASE("only so many clients are remembered; the quietest is forgotten") {
  FakeClock clock;
  LimitsConfig config = Config();
  config.set_max_clients(3);
  Limits limits(config, clock);
  for (const char* client : {"a", "b", "c"}) CHECK(Passing(limits, client, true, 10) == 3);
  CHECK(Passing(limits, "a", true, 1) == 0);
  CHECK(Passing(limits, "d", true, 1) == 1);
  CHECK(limits.size() == 3);
  CHECK(Passing(limits, "a", true, 1) == 0);
  CHECK(Passing(limits, "b", true, 1) == 1);
  for (int i = 0; i < 1000; ++i)
    limits.Take(absl::StrCat("x", i), true, RATE_CLASS_WRITE).IgnoreError();
  CHECK(limits.size() == 3);
}

TEST_CASE("the defaults let people work") {
  FakeClock clock;
  Limits limits(LimitsConfig(), clock);
  CHECK(Passing(limits, "a", true, 1000) == 50);
}

TEST_CASE("a bucket that lets nothing pass is refused") {
  CHECK_OK(Limits::Validate(LimitsConfig()));
  CHECK_OK(Limits::Validate(Config()));
  LimitsConfig no_clients;
  no_clients.set_max_clients(-1);
  CHECK(Limits::Validate(no_clients).code() == absl::StatusCode::kInvalidArgument);
  for (const auto& [rate, burst] : std::vector<std::pair<double, double>>{
           {0, 5}, {-1, 5}, {5, 0}, {5, 0.5}, {1.0 / 0.0, 5}, {5, 0.0 / 0.0}}) {
    LimitsConfig config = Config();
    config.mutable_address()->mutable_watch()->set_per_second(rate);
    config.mutable_address()->mutable_watch()->set_burst(burst);
    CHECK(Limits::Validate(config).code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a client is an account, or an address, or a network of addresses") {
  CHECK(ClientKey(rpc::testing::CallOfHolder("a")) == "account:a");
  CHECK(ClientKey(rpc::testing::CallOfPublic("192.0.2.1")) == "address:192.0.2.1");
  CHECK(ClientKey(rpc::testing::CallOfPublic("2001:db8:1:2:3:4:5:6")) ==
        "address:2001:db8:1:2::/64");
  CHECK(ClientKey(rpc::testing::CallOfPublic("2001:db8:1:2::9")) == "address:2001:db8:1:2::/64");
  CHECK(ClientKey(rpc::testing::CallOfPublic("::ffff:192.0.2.1")) == "address:::ffff:192.0.2.1");
  CHECK(ClientKey(rpc::testing::CallOfPublic("unix:/x")) == "address:unix:/x");
}

}  // namespace
}  // namespace eid::gateway
