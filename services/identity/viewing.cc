// SPDX-License-Identifier: Apache-2.0
#include "services/identity/viewing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::identity {
namespace {

constexpr int kTwoFactors = 2;

}  // namespace

bool SeesAll(const rpc::Call& call) {
  if (!call.claims) return false;
  const auto& roles = call.claims->roles();
  return std::any_of(roles.begin(), roles.end(), [](int role) {
    return role != policy::v1::OFFICER_ROLE_OPERATOR &&
           role != policy::v1::OFFICER_ROLE_UNSPECIFIED;
  });
}

absl::Status NeedsTwoFactors(const rpc::Call& call) {
  if (call.authentication_level() >= kTwoFactors) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied,
               policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW,
               "the session's authentication level is too low to see others' data",
               {{"required", absl::StrCat(kTwoFactors)},
                {"actual", absl::StrCat(call.authentication_level())}});
}

}  // namespace eid::identity
