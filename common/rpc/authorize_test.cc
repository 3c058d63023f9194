// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/pipeline.h"
#include "common/rpc/testing/calls.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::rpc {
namespace {

using namespace policy::v1;  // NOLINT: the tables are full of its enumerators
using testing::CallOfHolder;
using testing::CallOfOfficer;
using testing::CallOfPublic;
using testing::CallOfRepresentative;
using testing::CallOfService;

Method MethodFor(std::vector<Audience> audiences, std::vector<OfficerRole> roles = {}) {
  Method method{.path = "/p.S/M", .service = "p.S", .package = "p"};
  for (Audience audience : audiences) method.policy.add_audiences(audience);
  for (OfficerRole role : roles) method.policy.add_roles(role);
  method.policy.set_rate_class(RATE_CLASS_READ);
  return method;
}

CallerList Allowed() { return CallerList().Allow("p.S", "registration"); }

Call CarriedBy(std::string peer, Call call) {
  call.peer = std::move(peer);
  return call;
}

// Who calls, and as what each policy admits them; "" stands for UNAUTHENTICATED, "-" for
// PERMISSION_DENIED.
struct Row {
  const char* who;
  Call call;
  const char* open;             // PUBLIC
  const char* holder;           // HOLDER
  const char* officer;          // OFFICER, any role
  const char* approver;         // OFFICER, role APPROVER
  const char* service;          // SERVICE
  const char* holder_officer;   // HOLDER, OFFICER (APPROVER)
  const char* holder_service;   // HOLDER, SERVICE
  const char* officer_service;  // OFFICER (APPROVER), SERVICE
  const char* public_holder;    // PUBLIC, HOLDER
};

std::string Outcome(const Method& method, const Call& call) {
  const auto audience = Authorize(method, call, Allowed());
  if (audience.ok()) {
    switch (*audience) {
      case AUDIENCE_PUBLIC: return "P";
      case AUDIENCE_HOLDER: return "H";
      case AUDIENCE_OFFICER: return "O";
      case AUDIENCE_SERVICE: return "S";
      default: return "?";
    }
  }
  if (HasReason(audience.status(), COMMON_REASON_UNAUTHENTICATED)) {
    CHECK(audience.status().code() == absl::StatusCode::kUnauthenticated);
    return "";
  }
  CHECK(audience.status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(HasReason(audience.status(), COMMON_REASON_PERMISSION_DENIED));
  return "-";
}

TEST_CASE("every audience and every identity") {
  const Call nobody = CallOfPublic();
  const Call holder = CallOfHolder("a");
  const Call approver = CallOfOfficer("b", {OFFICER_ROLE_APPROVER});
  const Call intake = CallOfOfficer("c", {OFFICER_ROLE_INTAKE});
  const std::vector<Row> rows = {
      // who                        call                                  P    H    O    A    S
      // HO   HS   OS   PH
      {"nobody", nobody, "P", "", "", "", "-", "", "", "", "P"},
      {"a holder", holder, "P", "H", "-", "-", "-", "H", "H", "-", "H"},
      {"a representative", CallOfRepresentative("a", "o"), "P", "H", "-", "-", "-", "H", "H", "-",
       "H"},
      {"an approver", approver, "P", "H", "O", "O", "-", "O", "H", "O", "H"},
      {"an intake officer", intake, "P", "H", "O", "-", "-", "H", "H", "-", "H"},
      {"an allowed service", CallOfService("registration"), "P", "", "", "", "S", "", "S", "S",
       "P"},
      {"another service", CallOfService("delivery"), "P", "", "", "", "-", "", "", "", "P"},
      {"the gateway without a token", CallOfService("gateway"), "P", "", "", "", "-", "", "", "",
       "P"},
      {"the gateway with a holder's token", CarriedBy("gateway", holder), "P", "H", "-", "-", "-",
       "H", "H", "-", "H"},
      // The service does not lend its right to the person.
      {"an allowed service with a holder's token", CarriedBy("registration", holder), "P", "H", "-",
       "-", "S", "H", "H", "-", "H"},
  };
  for (const Row& row : rows) {
    INFO(row.who);
    CHECK(Outcome(MethodFor({AUDIENCE_PUBLIC}), row.call) == row.open);
    CHECK(Outcome(MethodFor({AUDIENCE_HOLDER}), row.call) == row.holder);
    CHECK(Outcome(MethodFor({AUDIENCE_OFFICER}), row.call) == row.officer);
    CHECK(Outcome(MethodFor({AUDIENCE_OFFICER}, {OFFICER_ROLE_APPROVER}), row.call) ==
          row.approver);
    CHECK(Outcome(MethodFor({AUDIENCE_SERVICE}), row.call) == row.service);
    CHECK(Outcome(MethodFor({AUDIENCE_HOLDER, AUDIENCE_OFFICER}, {OFFICER_ROLE_APPROVER}),
                  row.call) == row.holder_officer);
    CHECK(Outcome(MethodFor({AUDIENCE_HOLDER, AUDIENCE_SERVICE}), row.call) == row.holder_service);
    CHECK(Outcome(MethodFor({AUDIENCE_OFFICER, AUDIENCE_SERVICE}, {OFFICER_ROLE_APPROVER}),
                  row.call) == row.officer_service);
    CHECK(Outcome(MethodFor({AUDIENCE_PUBLIC, AUDIENCE_HOLDER}), row.call) == row.public_holder);
  }
}

TEST_CASE("one of the policy's roles is enough") {
  const Method method =
      MethodFor({AUDIENCE_OFFICER}, {OFFICER_ROLE_REVIEWER, OFFICER_ROLE_AUDITOR});
  CHECK_OK(Authorize(method, CallOfOfficer("b", {OFFICER_ROLE_AUDITOR}), {}));
  CHECK_OK(Authorize(method, CallOfOfficer("b", {OFFICER_ROLE_INTAKE, OFFICER_ROLE_REVIEWER}), {}));
  const absl::Status refused =
      Authorize(method, CallOfOfficer("b", {OFFICER_ROLE_INTAKE}), {}).status();
  const auto info = DetailOf<google::rpc::ErrorInfo>(refused);
  REQUIRE(info.has_value());
  CHECK(info->metadata().at("required") == "REVIEWER,AUDITOR");
  CHECK(info->metadata().at("actual") == "INTAKE");
}

TEST_CASE("levels and principal are asked of holders and officers") {
  struct Case {
    const char* what;
    int account_level;
    int authentication_level;
    PrincipalKind principal;
    CommonReason reason;  // UNSPECIFIED: admitted
    const char* required;
    const char* actual;
  };
  // The caller: account level 2, authentication level 2, for oneself.
  for (const Case& c : std::vector<Case>{
           {"just enough", 2, 2, PRINCIPAL_KIND_SELF, COMMON_REASON_UNSPECIFIED, "", ""},
           {"any principal", 0, 0, PRINCIPAL_KIND_UNSPECIFIED, COMMON_REASON_UNSPECIFIED, "", ""},
           {"account level", 3, 2, PRINCIPAL_KIND_SELF, COMMON_REASON_ACCOUNT_LEVEL_TOO_LOW, "3",
            "2"},
           {"authentication level", 2, 3, PRINCIPAL_KIND_SELF,
            COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW, "3", "2"},
           {"principal", 2, 2, PRINCIPAL_KIND_ORGANIZATION, COMMON_REASON_WRONG_PRINCIPAL,
            "ORGANIZATION", "SELF"},
       }) {
    INFO(c.what);
    Method method = MethodFor({AUDIENCE_HOLDER});
    method.policy.set_least_account_level(c.account_level);
    method.policy.set_least_authentication_level(c.authentication_level);
    method.policy.set_principal(c.principal);
    const absl::Status status = Authorize(method, CallOfHolder("a"), {}).status();
    if (c.reason == COMMON_REASON_UNSPECIFIED) {
      CHECK_OK(status);
      continue;
    }
    CHECK(status.code() == absl::StatusCode::kPermissionDenied);
    CHECK(HasReason(status, c.reason));
    const auto info = DetailOf<google::rpc::ErrorInfo>(status);
    REQUIRE(info.has_value());
    CHECK(info->metadata().at("required") == c.required);
    CHECK(info->metadata().at("actual") == c.actual);
  }
}

TEST_CASE("who may call a service is configured per service") {
  RpcConfig config;
  auto* allowed = config.add_allowed_callers();
  allowed->set_service("p.S");
  allowed->add_callers("registration");
  const CallerList list(config);
  CHECK(list.Allows("p.S", "registration"));
  CHECK_FALSE(list.Allows("p.S", "gateway"));
  CHECK_FALSE(list.Allows("p.S", ""));
  CHECK_FALSE(list.Allows("p.Other", "registration"));
}

}  // namespace
}  // namespace eid::rpc
