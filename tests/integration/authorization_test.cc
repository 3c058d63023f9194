// SPDX-License-Identifier: Apache-2.0
// Every RPC of every contract, called by everybody, through every door: what gets through is what
// the policy on the contract lets through, and nothing else.
#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"
#include "tests/integration/support/access.h"
#include "tests/integration/support/flow.h"

namespace eid::integration {
namespace {

using testing::Value;

// Everybody's tokens, made once.
const std::vector<TokenCase>& Tokens() {
  static const std::vector<TokenCase>* const tokens =
      new std::vector<TokenCase>(MakeTokens(Stage::Get()));
  return *tokens;
}

const TokenCase& TokenNamed(absl::string_view name) {
  const auto found = std::find_if(Tokens().begin(), Tokens().end(),
                                  [&](const TokenCase& token) { return token.name == name; });
  INFO(std::string(name));
  REQUIRE(found != Tokens().end());
  return *found;
}

// Calls and compares; adds a line to `wrong` if it came out otherwise.
void Try(const Rpc& rpc, const TokenCase& token, const Door& door, const CallerPairs& callers,
         std::vector<std::string>& wrong) {
  const Fate expected = ExpectedFate(rpc, token, door, callers);
  const Answer answer = CallPatiently(door.channel, rpc.path, "", OptionsFor(rpc, token));
  const Fate observed = ObservedFate(answer);
  // A forbidden call has no answer, whatever its status says.
  const bool leaked = expected != Fate::kAdmitted && !answer.messages.empty();
  if (observed == expected && !leaked) return;
  wrong.push_back(absl::StrCat(rpc.name(), " by ", token.name, " at ", door.name, ": ",
                               NameOf(observed), leaked ? " with an answer" : "", ", not ",
                               NameOf(expected), ": ", testing::Describe(answer.status)));
}

// All of them at once: one line each.
void CheckNone(const std::vector<std::string>& wrong, size_t tried) {
  INFO(tried << " calls, " << wrong.size() << " came out wrong:\n" << absl::StrJoin(wrong, "\n"));
  CHECK(wrong.empty());
}

TEST_CASE("the expectations agree with what a person reads in the contracts") {
  struct Row {
    const char* rpc;
    const char* token;
    Fate at_gateway;
  };
  const std::vector<Row> rows = {
      {"AuthenticationService/Login", "no token", Fate::kAdmitted},
      {"AuthenticationService/Login", "garbage", Fate::kAdmitted},
      {"AccountService/GetAccount", "no token", Fate::kUnauthenticated},
      {"AccountService/GetAccount", "holder, one factor", Fate::kAdmitted},
      {"AccountService/EnrollAccount", "holder", Fate::kDenied},
      {"AccountService/EnrollAccount", "intake officer", Fate::kAdmitted},
      {"AccountService/EnrollAccount", "approver", Fate::kDenied},
      {"OfficerService/GrantRole", "administrator", Fate::kAdmitted},
      {"OfficerService/GrantRole", "auditor", Fate::kDenied},
      {"OfficerService/GrantRole", "holder with added roles", Fate::kUnauthenticated},
      {"RegistrationService/CreateRegistration", "holder, one factor", Fate::kAdmitted},
      {"RegistrationService/SubmitRegistration", "holder, one factor", Fate::kDenied},
      {"RegistrationService/SubmitRegistration", "organization's representative", Fate::kDenied},
      {"RegistrationService/GetRegistration", "organization's representative", Fate::kAdmitted},
      {"ApprovalService/ApproveCase", "reviewer", Fate::kDenied},
      {"ApprovalService/ApproveCase", "approver", Fate::kAdmitted},
      {"ApprovalService/ClaimCase", "approver", Fate::kDenied},
      {"ApprovalService/ApproveCase", "expired", Fate::kUnauthenticated},
      {"ApprovalIntakeService/EnsureCase", "administrator", Fate::kUnknown},
      {"OrganizationIntakeService/EnsureOrganization", "no token", Fate::kUnknown},
      {"RegistryService/LookupPerson", "administrator", Fate::kUnknown},
      {"AdminService/GetInfo", "operator", Fate::kAdmitted},
      {"AdminService/GetInfo", "reviewer", Fate::kDenied}};
  const Door gateway = {.name = "gateway", .is_gateway = true};
  for (const Row& row : rows) {
    INFO(row.rpc << " by " << row.token);
    CHECK(ExpectedFate(RpcNamed(row.rpc), TokenNamed(row.token), gateway, {}) == row.at_gateway);
  }
}

TEST_CASE("through the gateway every RPC admits whom its policy names, and nobody else") {
  Stage& stage = Stage::Get();
  Tokens();
  const Door gateway = {
      .name = "the gateway", .channel = stage.world().gateway(), .is_gateway = true};
  std::vector<std::string> wrong;
  size_t tried = 0;
  for (const Rpc& rpc : AllRpcs()) {
    for (const TokenCase& token : Tokens()) {
      Try(rpc, token, gateway, {}, wrong);
      ++tried;
    }
  }
  CHECK(tried > 1000);
  CheckNone(wrong, tried);
}

TEST_CASE("at a service's own port the token and the certificate decide again") {
  Stage& stage = Stage::Get();
  Tokens();
  MakeRogueCertificates(stage);
  const std::vector<std::string> by_services = {"no token", "garbage", "reviewer"};
  std::vector<std::string> wrong;
  size_t tried = 0;
  for (const std::string& program : Services()) {
    if (program == "gateway") continue;
    const CallerPairs callers = CallersIn(program);
    for (const char* certificate :
         {"gateway", "identity", "verification", "org_registration", "approval", "operator",
          "carrier", "registry_population", "nameless", "rogue", "expired", ""}) {
      const Door door = DirectDoor(stage, program, certificate);
      for (const Rpc& rpc : AllRpcs()) {
        if (rpc.program != program) continue;
        for (const TokenCase& token : Tokens()) {
          // The gateway passes on whatever it is given; the others speak for themselves.
          const bool matters = absl::string_view(certificate) == "gateway" ||
                               std::count(by_services.begin(), by_services.end(), token.name) > 0;
          if (!matters || (!door.connects && token.name != "no token")) continue;
          Try(rpc, token, door, callers, wrong);
          ++tried;
        }
      }
    }
  }
  CHECK(tried > 1500);
  CheckNone(wrong, tried);
}

TEST_CASE("no port serves what is not its own, and the world outside answers only who may ask") {
  Stage& stage = Stage::Get();
  std::vector<std::string> wrong;
  size_t tried = 0;
  for (const std::string& program : Services()) {
    const Door door = program == "gateway"
                          ? Door{.name = program, .channel = stage.world().gateway()}
                          : DirectDoor(stage, program, "gateway");
    for (const Rpc& rpc : AllRpcs()) {
      if (program == "gateway" || rpc.program == program ||
          rpc.service == "eid.admin.v1.AdminService" ||
          rpc.service == "eid.trunk.v1.TrunkService") {
        continue;
      }
      const Answer answer = CallPatiently(door.channel, rpc.path, "", {});
      ++tried;
      if (ObservedFate(answer) == Fate::kUnknown) continue;
      wrong.push_back(rpc.name() + " at " + program + ": " + testing::Describe(answer.status));
    }
    for (const char* path : {"/eid.identity.v1.AccountService/DropAccounts", "/nothing", "/a/b"}) {
      const Answer answer =
          CallPatiently(door.channel, path, "", {.token = stage.world().administrator().token()});
      ++tried;
      if (ObservedFate(answer) == Fate::kUnknown) continue;
      wrong.push_back(path + (" at " + program) + ": " + testing::Describe(answer.status));
    }
  }
  for (const std::string program : {"registry_business", "carrier"}) {
    const CallerPairs callers = CallersIn(program);
    for (const std::string certificate :
         {"gateway", "identity", "verification", "approval", "org_registration", "operator",
          "nameless", "rogue", ""}) {
      const Door door = DirectDoor(stage, program, certificate);
      for (const Rpc& rpc : AllRpcs()) {
        // A carrier holds no records: there its operator is told that there is no such thing.
        const bool not_there = absl::StrContains(rpc.path, "/Put");
        if (rpc.program != program || (not_there && certificate == "operator")) continue;
        Try(rpc, TokenNamed("no token"), door, callers, wrong);
        ++tried;
      }
    }
  }
  CheckNone(wrong, tried);
}

TEST_CASE("the callers that the configurations allow are those of the architecture") {
  // Who may call whom in its own name; calls go along these arrows only.
  const std::map<std::string, std::set<std::string>> arrows = {
      {"identity", {"org_registration", "gateway", "approval", "verification"}},
      {"verification", {"org_registration", "identity"}},
      {"approval", {"org_registration"}},
      {"org_registration", {}},
      {"gateway", {}}};
  for (const std::string& program : Services()) {
    for (const auto& [service, caller] : CallersIn(program)) {
      INFO(caller << " calls " << service << " of " << program);
      const bool for_operators = service == "eid.admin.v1.AdminService" && caller == "operator";
      // The gateway speaks for persons; of services it may only ask for the signing keys, and have
      // the persons' calls carried.
      const bool carries = service == "eid.trunk.v1.TrunkService" && caller == "gateway";
      CHECK((for_operators || carries || arrows.at(program).contains(caller)));
      CHECK((caller != "gateway" || carries || service == "eid.identity.v1.AuthenticationService"));
    }
  }
}

TEST_CASE("what a program serves is known to these tests") {
  Stage& stage = Stage::Get();
  for (const std::string& program : Services()) {
    const Rpc& get_info = RpcNamed("AdminService/GetInfo");
    const Answer answer = CallPatiently(
        stage.world().gateway(), get_info.path, "",
        {.token = TokenNamed("operator").token, .metadata = {{"x-eid-service", program}}});
    INFO(program);
    REQUIRE_OK(answer.status);
    admin::v1::Info info;
    REQUIRE(answer.messages.size() == 1);
    REQUIRE(info.ParseFromString(answer.messages[0]));
    CHECK(info.service() == program);
    for (const std::string& service : info.services()) {
      INFO(service);
      const bool known = std::any_of(AllRpcs().begin(), AllRpcs().end(),
                                     [&](const Rpc& rpc) { return rpc.service == service; });
      CHECK((known || absl::StartsWith(service, "grpc.")));
    }
  }
}

}  // namespace
}  // namespace eid::integration
