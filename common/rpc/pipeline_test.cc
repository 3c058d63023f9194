// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/pipeline.h"

#include "common/rpc/testing/calls.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;
using testing::FakeToken;
using testing::FakeVerify;

const PolicyMap& Policies() {
  REQUIRE(rpctest::v1::Echo::descriptor() != nullptr);
  static const PolicyMap* const map = new PolicyMap(
      Value(PolicyMap::Build({"rpctest.v1.EchoService", "rpctest.v1.EchoIntakeService"})));
  return *map;
}

Call CallTo(const std::string& method) {
  Call call;
  call.method = "/rpctest.v1.EchoService/" + method;
  call.contract = Policies().Find(call.method);
  return call;
}

Step Recorder(std::string name, std::vector<std::string>& seen, absl::Status admits = {}) {
  return {.name = name,
          .admit =
              [name, &seen, admits](Call&) {
                seen.push_back("admit " + name);
                return admits;
              },
          .finish =
              [name, &seen](const Call&, const absl::Status& status, absl::Duration) {
                seen.push_back("finish " + name + " " + absl::StatusCodeToString(status.code()));
              }};
}

TEST_CASE("steps admit from the outside in and finish from the inside out") {
  std::vector<std::string> seen;
  const Pipeline pipeline({Recorder("a", seen), Recorder("b", seen)});
  Call call;
  REQUIRE_OK(pipeline.Admit(call));
  pipeline.Finish(call, absl::OkStatus(), absl::ZeroDuration());
  CHECK(seen == std::vector<std::string>{"admit a", "admit b", "finish b OK", "finish a OK"});
}

TEST_CASE("the first refusal ends the call") {
  std::vector<std::string> seen;
  const Pipeline pipeline(
      {Recorder("a", seen), Recorder("b", seen, absl::AbortedError("no")), Recorder("c", seen)});
  Call call;
  CHECK(pipeline.Admit(call).code() == absl::StatusCode::kAborted);
  CHECK(seen == std::vector<std::string>{"admit a", "admit b"});
}

TEST_CASE("a service logs first, so that refusals are logged, and checks the deadline last") {
  const FakeClock clock(absl::UnixEpoch());
  const Pipeline pipeline = ServicePipeline(
      {.policies = Policies(), .verify = FakeVerify(), .callers = {}, .clock = clock});
  CHECK(pipeline.names() == std::vector<std::string>{"log", "known-policy", "authenticate",
                                                     "authorize", "require-time"});
}

TEST_CASE("a method without a policy is refused") {
  const Step step = KnownPolicy(Policies());
  Call call;
  call.method = "/rpctest.hole.v1.HoleService/NoPolicy";
  const absl::Status refused = step.admit(call);
  CHECK(refused.code() == absl::StatusCode::kUnimplemented);
  CHECK(HasReason(refused, policy::v1::COMMON_REASON_METHOD_UNKNOWN));

  call.method = "/rpctest.v1.EchoService/Say";
  REQUIRE_OK(step.admit(call));
  CHECK(call.policy == &Policies().Find(call.method)->policy);
}

TEST_CASE("a token becomes claims") {
  const Step step = Authenticate(FakeVerify());
  policy::v1::AccessClaims claims;
  claims.set_sub("account-1");
  Call call = CallTo("SayAsHolder");
  call.token = FakeToken(claims);
  REQUIRE_OK(step.admit(call));
  CHECK(call.account_id() == "account-1");
}

TEST_CASE("a bad token is refused, except where the public may call") {
  const Step step = Authenticate(FakeVerify());
  Call call = CallTo("SayAsHolder");
  call.token = "rubbish";
  CHECK(step.admit(call).code() == absl::StatusCode::kUnauthenticated);

  call = CallTo("Say");
  call.token = "rubbish";
  REQUIRE_OK(step.admit(call));
  CHECK(call.claims == nullptr);
  CHECK(call.token.empty());
}

TEST_CASE("every unary call has a deadline, and enough of it") {
  FakeClock clock(absl::UnixEpoch());
  const Step step = RequireTime(clock, absl::Milliseconds(5), absl::Seconds(30));
  Call call = CallTo("Say");
  REQUIRE_OK(step.admit(call));
  CHECK(call.deadline == absl::UnixEpoch() + absl::Seconds(30));

  call.deadline = clock.TimeNow() + absl::Milliseconds(5);
  CHECK_OK(step.admit(call));
  call.deadline = clock.TimeNow() + absl::Milliseconds(4);
  const absl::Status late = step.admit(call);
  CHECK(late.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(HasReason(late, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT));

  Call watch = CallTo("Watch");
  REQUIRE_OK(step.admit(watch));
  CHECK(watch.deadline == absl::InfiniteFuture());
}

TEST_CASE("a caller has one stable name") {
  CHECK(testing::CallOfPublic("192.0.2.7").CallerId() == "public:192.0.2.7");
  CHECK(testing::CallOfHolder("a").CallerId() == "account:a");
  CHECK(testing::CallOfRepresentative("a", "o").CallerId() == "account:a/organization:o");
  CHECK(testing::CallOfService("approval").CallerId() == "service:approval");
}

TEST_CASE("what a call without a token says about the caller") {
  const Call call = testing::CallOfService("approval");
  CHECK(call.IsService());
  CHECK(call.account_id().empty());
  CHECK(call.organization_id().empty());
  CHECK_FALSE(call.IsOfficer());
  CHECK_FALSE(call.HasRole(policy::v1::OFFICER_ROLE_APPROVER));
  CHECK(call.authentication_level() == 0);
  CHECK_FALSE(call.acts_for_organization());
}

}  // namespace
}  // namespace eid::rpc
