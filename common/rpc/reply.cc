// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/reply.h"

#include "common/log/log.h"

namespace eid::rpc::internal {

void LogSecondReply() { LogEvent(Severity::kError, "rpc.second_reply"); }

absl::Status DroppedReply() { return absl::InternalError("the operation ended without an answer"); }

}  // namespace eid::rpc::internal
