// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/clock/clock.h"
#include "common/rpc/pipeline.h"
#include "services/gateway/limits.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// Refuses an RPC that is for services alone, as if it were not there: UNIMPLEMENTED,
// METHOD_UNKNOWN.
rpc::Step OpenMethods();
// Gives a deadline to streams, whatever the client asked for: WATCH an hour at most, others five
// minutes. Unary calls get theirs from rpc::RequireTime.
rpc::Step LimitStreams(const Clock& clock);

// What every call from outside passes: log, known-policy, open, authenticate, limit, authorize,
// limit-streams, require-time. Nobody outside is a service. All referenced objects outlive it.
rpc::Pipeline GatewayPipeline(const Routes& routes, rpc::VerifyToken verify, Limits& limits,
                              const Clock& clock);

}  // namespace eid::gateway
