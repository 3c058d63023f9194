// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/pipeline.h"

#include <algorithm>

#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {
namespace {

bool IsOpenToPublic(const Method& method) {
  const auto& audiences = method.policy.audiences();
  return std::count(audiences.begin(), audiences.end(), policy::v1::AUDIENCE_PUBLIC) > 0;
}

}  // namespace

absl::Status Pipeline::Admit(Call& call) const {
  for (const Step& step : steps_) {
    if (!step.admit) continue;
    if (absl::Status admitted = step.admit(call); !admitted.ok()) return admitted;
  }
  return absl::OkStatus();
}

void Pipeline::Finish(const Call& call, const absl::Status& status, absl::Duration took) const {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (step->finish) step->finish(call, status, took);
  }
}

std::vector<std::string> Pipeline::names() const {
  std::vector<std::string> names;
  for (const Step& step : steps_) names.push_back(step.name);
  return names;
}

Step KnownPolicy(const PolicyMap& policies) {
  return {.name = "known-policy", .admit = [&policies](Call& call) -> absl::Status {
            call.contract = policies.Find(call.method);
            if (call.contract == nullptr) {
              return Error(absl::StatusCode::kUnimplemented,
                           policy::v1::COMMON_REASON_METHOD_UNKNOWN, "no such method");
            }
            call.policy = &call.contract->policy;
            return absl::OkStatus();
          }};
}

Step Authenticate(VerifyToken verify) {
  return {.name = "authenticate", .admit = [verify = std::move(verify)](Call& call) {
            if (call.token.empty()) return absl::OkStatus();
            absl::StatusOr<auth::Claims> claims = verify(call.token);
            if (claims.ok()) {
              call.claims = *std::move(claims);
              return absl::OkStatus();
            }
            if (call.contract == nullptr || !IsOpenToPublic(*call.contract)) return claims.status();
            call.token.clear();
            return absl::OkStatus();
          }};
}

Step AuthorizeCalls(CallerList callers) {
  return {.name = "authorize", .admit = [callers = std::move(callers)](Call& call) {
            absl::StatusOr<policy::v1::Audience> audience =
                Authorize(*call.contract, call, callers);
            if (!audience.ok()) return audience.status();
            call.audience = *audience;
            return absl::OkStatus();
          }};
}

Step RequireTime(const Clock& clock, absl::Duration least, absl::Duration standard) {
  return {.name = "require-time", .admit = [&clock, least, standard](Call& call) {
            const bool endless = call.deadline == absl::InfiniteFuture();
            if (endless && call.contract != nullptr && call.contract->streaming()) {
              return absl::OkStatus();
            }
            const absl::Time now = clock.TimeNow();
            if (endless) call.deadline = now + standard;
            if (call.deadline - now >= least) return absl::OkStatus();
            return Error(absl::StatusCode::kDeadlineExceeded,
                         policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
                         "too little of the deadline is left to begin");
          }};
}

Pipeline ServicePipeline(PipelineParts parts) {
  return Pipeline({LogCalls(), KnownPolicy(parts.policies), Authenticate(std::move(parts.verify)),
                   AuthorizeCalls(std::move(parts.callers)), RequireTime(parts.clock)});
}

}  // namespace eid::rpc
