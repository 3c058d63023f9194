// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/unary_forward.h"

#include <string>
#include <utility>
#include <vector>

#include "common/fault/fault.h"
#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/gateway/exchange.h"

namespace eid::gateway {
namespace {

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  text.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

}  // namespace

UnaryForward::UnaryForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                           Backend& backend, size_t max_message_bytes, MessageTimers& timers)
    : inbound_(std::move(inbound)),
      context_(context),
      backend_(backend),
      max_message_bytes_(max_message_bytes),
      timers_(timers) {
  timers_.Await(place_, [this] {
    Finish(inbound_.Finish(Error(absl::StatusCode::kDeadlineExceeded,
                                 policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT,
                                 "the call was opened, but its message did not come in time")));
  });
  StartRead(&request_);
}

void UnaryForward::OnReadDone(bool ok) {
  if (!timers_.Arrived(place_)) return;
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
  Backend::Link& link = backend_.NextLink();
  if (!Carry(link)) Call(link);
}

bool UnaryForward::Carry(Backend::Link& link) {
  if (PassesMetadata(context_) || request_.Length() > rpc::Trunk::kMaxRequestBytes ||
      !link.trunk.IsOpen()) {
    return false;
  }
  const rpc::Call& call = inbound_.call();
  rpc::Trunk::Call carried{.method = call.method,
                           .token = call.token,
                           .request_tag = call.request_tag,
                           .client = call.client,
                           .deadline = call.deadline - kReserve,
                           .request = TextOf(request_)};
  id_on_trunk_ = link.trunk.NewId();
  trunk_.store(&link.trunk);
  // Once it is sent, this may be gone at any moment.
  return link.trunk.Send(id_on_trunk_, carried,
                         [this](const grpc::Status& status, std::string response) {
                           const grpc::Slice slice(response);
                           response_ = grpc::ByteBuffer(&slice, 1);
                           OnAnswer(status);
                         });
}

void UnaryForward::Call(Backend::Link& link) {
  PrepareOutbound(inbound_.call(), context_, outbound_);
  link.stub.PrepareUnaryCall(&outbound_, inbound_.call().method, grpc::StubOptions(), &request_,
                             &response_, &client_);
  client_.StartCall();
}

void UnaryForward::OnCancel() {
  // A call that is not sent yet is sent all the same, answered, and heard by nobody.
  if (rpc::Trunk* trunk = trunk_.load()) trunk->Cancel(id_on_trunk_);
  outbound_.TryCancel();
}

void UnaryForward::OnOwnAnswer(const grpc::Status& status) {
  PassTrailers(outbound_, context_);
  OnAnswer(status);
}

void UnaryForward::OnAnswer(const grpc::Status& status) {
  fault::Point("answered");
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
