// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/gateway_pipeline.h"

#include <algorithm>
#include <utility>

#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::gateway {
namespace {

constexpr absl::Duration kWatchLife = absl::Hours(1);
constexpr absl::Duration kStreamLife = absl::Minutes(5);

}  // namespace

rpc::Step OpenMethods() {
  return {.name = "open", .admit = [](rpc::Call& call) -> absl::Status {
            if (IsOpen(*call.contract)) return absl::OkStatus();
            return Error(absl::StatusCode::kUnimplemented, policy::v1::COMMON_REASON_METHOD_UNKNOWN,
                         "no such method");
          }};
}

rpc::Step LimitStreams(const Clock& clock) {
  return {.name = "limit-streams", .admit = [&clock](rpc::Call& call) {
            if (call.contract->streaming()) {
              const bool watch = call.policy->rate_class() == policy::v1::RATE_CLASS_WATCH;
              call.deadline =
                  std::min(call.deadline, clock.TimeNow() + (watch ? kWatchLife : kStreamLife));
            }
            return absl::OkStatus();
          }};
}

rpc::Pipeline GatewayPipeline(const Routes& routes, rpc::VerifyToken verify, Limits& limits,
                              const Clock& clock) {
  return rpc::Pipeline({rpc::LogCalls(), rpc::KnownPolicy(routes.policies()), OpenMethods(),
                        rpc::Authenticate(std::move(verify)), LimitCalls(limits),
                        rpc::AuthorizeCalls(rpc::CallerList()), LimitStreams(clock),
                        rpc::RequireTime(clock)});
}

}  // namespace eid::gateway
