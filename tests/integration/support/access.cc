// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/access.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "tools/suite/client.h"

namespace eid::integration {
namespace {

using policy::v1::AccessClaims;
using policy::v1::Policy;

// The text between the quotes, in order.
std::vector<std::string> Quoted(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '"');
  std::vector<std::string> quoted;
  for (size_t i = 1; i < parts.size(); i += 2) quoted.push_back(parts[i]);
  return quoted;
}

bool HoldsOneOf(const Policy& policy, const AccessClaims& claims) {
  if (policy.roles().empty()) return !claims.roles().empty();
  return std::any_of(claims.roles().begin(), claims.roles().end(), [&](int role) {
    return std::count(policy.roles().begin(), policy.roles().end(), role) > 0;
  });
}

// A person with a good token, at an RPC that is not public.
Fate FateOfPerson(const Rpc& rpc, const AccessClaims& claims) {
  const Policy& policy = rpc.policy;
  const bool welcome = rpc.Admits(policy::v1::AUDIENCE_HOLDER) ||
                       (rpc.Admits(policy::v1::AUDIENCE_OFFICER) && HoldsOneOf(policy, claims));
  const bool high_enough = claims.account_level() >= policy.least_account_level() &&
                           claims.authentication_level() >= policy.least_authentication_level();
  const bool right_principal = policy.principal() == policy::v1::PRINCIPAL_KIND_UNSPECIFIED ||
                               policy.principal() == claims.principal();
  return welcome && high_enough && right_principal ? Fate::kAdmitted : Fate::kDenied;
}

}  // namespace

std::string NameOf(Fate fate) {
  switch (fate) {
    case Fate::kAdmitted: return "admitted";
    case Fate::kUnauthenticated: return "unauthenticated";
    case Fate::kDenied: return "denied";
    case Fate::kUnknown: return "unknown method";
    case Fate::kNotConnected: return "not connected";
    case Fate::kBroken: return "broken";
  }
  return "?";
}

CallerPairs CallersIn(const std::string& program) {
  std::ifstream file(absl::StrCat(EID_SOURCE_DIR "/deploy/dev/", program, ".textproto"));
  REQUIRE(file.good());
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  CallerPairs pairs;
  const std::vector<std::string> blocks = absl::StrSplit(text, "allowed_callers");
  for (size_t i = 1; i < blocks.size(); ++i) {
    const std::vector<std::string> words = Quoted(blocks[i].substr(0, blocks[i].find('}')));
    for (size_t caller = 1; caller < words.size(); ++caller) pairs.emplace(words[0], words[caller]);
  }
  return pairs;
}

Fate ExpectedFate(const Rpc& rpc, const TokenCase& token, const Door& door,
                  const CallerPairs& callers) {
  if (!door.connects) return Fate::kNotConnected;
  if (door.is_gateway && (rpc.ServicesOnly() || !rpc.fronted)) return Fate::kUnknown;
  if (rpc.Admits(policy::v1::AUDIENCE_PUBLIC)) return Fate::kAdmitted;
  if (!token.token.empty() && !token.claims.has_value()) return Fate::kUnauthenticated;
  const bool for_services = rpc.Admits(policy::v1::AUDIENCE_SERVICE);
  if (token.claims.has_value() && !rpc.ServicesOnly()) return FateOfPerson(rpc, *token.claims);
  if (for_services && callers.contains({rpc.service, door.peer})) return Fate::kAdmitted;
  return rpc.ServicesOnly() ? Fate::kDenied : Fate::kUnauthenticated;
}

Fate ObservedFate(const Answer& answer) {
  const absl::Status& status = answer.status;
  if (status.ok()) return Fate::kAdmitted;
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) {
    return status.code() == absl::StatusCode::kUnavailable ? Fate::kNotConnected : Fate::kBroken;
  }
  if (info->domain() == "eid.policy.v1") {
    using policy::v1::CommonReason;
    CommonReason reason;
    if (!policy::v1::CommonReason_Parse("COMMON_REASON_" + info->reason(), &reason)) {
      return Fate::kBroken;
    }
    switch (reason) {
      case policy::v1::COMMON_REASON_UNAUTHENTICATED:
      case policy::v1::COMMON_REASON_TOKEN_EXPIRED:
        return status.code() == absl::StatusCode::kUnauthenticated ? Fate::kUnauthenticated
                                                                   : Fate::kBroken;
      case policy::v1::COMMON_REASON_PERMISSION_DENIED:
      case policy::v1::COMMON_REASON_ACCOUNT_LEVEL_TOO_LOW:
      case policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW:
      case policy::v1::COMMON_REASON_WRONG_PRINCIPAL:
        return status.code() == absl::StatusCode::kPermissionDenied ? Fate::kDenied : Fate::kBroken;
      case policy::v1::COMMON_REASON_METHOD_UNKNOWN:
        return status.code() == absl::StatusCode::kUnimplemented ? Fate::kUnknown : Fate::kBroken;
      default: break;
    }
  }
  return FlawOfError(status).empty() ? Fate::kAdmitted : Fate::kBroken;
}

void MakeRogueCertificates(Stage& stage) {
  const auto process = suite::Process::Start(
      {.command = {EID_SOURCE_DIR "/tools/make_certs", "--rogue", stage.suite().certificates()},
       .log_path = stage.suite().log_path("certificates")});
  REQUIRE_OK(process);
  REQUIRE((*process)->Wait() == 0);
}

Door DirectDoor(Stage& stage, const std::string& program, const std::string& name) {
  const bool stranger = name == "rogue" || name == "expired" || name.empty();
  return {.name = absl::StrCat(program, "'s port with ",
                               name.empty() ? std::string("no certificate") : name),
          .channel = testing::Value(suite::Connect(stage.suite().address(program),
                                                   stage.suite().certificates(), name, program)),
          .connects = !stranger,
          .peer = stranger || name == "nameless" ? "" : name};
}

RawOptions OptionsFor(const Rpc& rpc, const TokenCase& token) {
  RawOptions options{.token = token.token};
  if (rpc.service == "eid.admin.v1.AdminService") {
    options.metadata.emplace_back("x-eid-service", rpc.program);
  }
  return options;
}

}  // namespace eid::integration
