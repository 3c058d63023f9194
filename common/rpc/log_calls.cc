// SPDX-License-Identifier: Apache-2.0
#include "absl/container/inlined_vector.h"
#include "common/log/log.h"
#include "common/rpc/pipeline.h"
#include "common/status/status.h"

namespace eid::rpc {
namespace {

// Errors whose text stays inside (status_wire.h), so it is kept in the log.
bool IsOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

void LogDone(const Call& call, const absl::Status& status, absl::Duration took) {
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string reason = status.ok() ? "" : ReasonOf(status);
  absl::InlinedVector<LogField, 10> fields = {
      {"method", call.method},
      {"code", code},
      {"duration_us", absl::ToInt64Microseconds(took)},
      {"request", call.request_tag},
  };
  if (!reason.empty()) fields.push_back({"reason", reason});
  if (!call.peer.empty()) fields.push_back({"peer", call.peer});
  if (call.claims) fields.push_back({"actor", call.account_id()});
  if (call.acts_for_organization()) fields.push_back({"organization", call.organization_id()});
  if (IsOurs(status.code())) fields.push_back({"error", status.message()});
  LogEvent(IsOurs(status.code()) ? Severity::kError : Severity::kInfo, "rpc", fields);
}

}  // namespace

Step LogCalls() { return {.name = "log", .finish = LogDone}; }

}  // namespace eid::rpc
