// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/unary_forward.h"

#include <utility>

#include "common/fault/fault.h"
#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/gateway/exchange.h"

namespace eid::gateway {

UnaryForward::UnaryForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                           Backend& backend, size_t max_message_bytes, absl::Time message_until)
    : inbound_(std::move(inbound)),
      context_(context),
      backend_(backend),
      max_message_bytes_(max_message_bytes) {
  PrepareOutbound(inbound_.call(), context_, outbound_);
  StartRead(&request_);
  // gRPC ends the call, and the wait with it, at the deadline that came with it. A timer for each
  // call would cost more than the rest of the forwarding does.
  if (absl::FromChrono(context_.deadline()) > message_until) {
    message_timer_.emplace(message_until, [this] {
      Finish(inbound_.Finish(Error(absl::StatusCode::kDeadlineExceeded,
                                   policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
                                   "the call was opened, but its message did not come in time")));
    });
  }
}

void UnaryForward::OnReadDone(bool ok) {
  if (message_timer_.has_value() && !message_timer_->Arrived()) return;
  if (!ok) {
    return Finish(inbound_.Finish(context_.IsCancelled()
                                      ? absl::CancelledError("the call was cancelled")
                                      : Error(absl::StatusCode::kInvalidArgument,
                                              policy::v1::COMMON_REASON_INVALID_REQUEST,
                                              "the call has no message")));
  }
  if (request_.Length() > max_message_bytes_) {
    return Finish(inbound_.Finish(Error(absl::StatusCode::kResourceExhausted,
                                        policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE,
                                        "the message is over the limit")));
  }
  fault::Point("forwarded");
  backend_.NextStub().PrepareUnaryCall(&outbound_, inbound_.call().method, grpc::StubOptions(),
                                       &request_, &response_, &client_);
  client_.StartCall();
}

void UnaryForward::OnAnswer(const grpc::Status& status) {
  fault::Point("answered");
  PassTrailers(outbound_, context_);
  if (status.ok() && response_.Valid()) {
    grpc::Status wire = inbound_.Finish(absl::OkStatus());
    // From here on this may be gone at any moment.
    return StartWriteAndFinish(&response_, grpc::WriteOptions(), std::move(wire));
  }
  Finish(inbound_.Finish(status.ok()
                             ? absl::InternalError("the backend's answer has no message")
                             : StatusForCaller(rpc::FromGrpc(status), context_.IsCancelled())));
}

}  // namespace eid::gateway
