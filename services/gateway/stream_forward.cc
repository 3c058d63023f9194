// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/stream_forward.h"

#include <utility>

#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/gateway/exchange.h"

namespace eid::gateway {

StreamForward::StreamForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                             Backend& backend, size_t max_message_bytes)
    : inbound_(std::move(inbound)),
      context_(context),
      max_message_bytes_(max_message_bytes),
      one_request_(!inbound_.call().contract->client_streaming) {
  PrepareOutbound(inbound_.call(), context_, outbound_);
  backend.NextStub().PrepareBidiStreamingCall(&outbound_, inbound_.call().method,
                                              grpc::StubOptions(), &client_);
  client_.AddMultipleHolds(2);
  client_.StartRead(&down_);
  client_.StartCall();
  StartRead(&up_);
}

void StreamForward::CloseUp() {
  if (!std::exchange(up_open_, false)) return;
  client_.RemoveHold();
}

void StreamForward::CloseDown() {
  if (!std::exchange(down_open_, false)) return;
  client_.RemoveHold();
}

void StreamForward::OnReadDone(bool ok) {
  absl::MutexLock lock(&mu_);
  if (!up_open_) return;
  if (!ok) {
    client_.StartWritesDone();
    return CloseUp();
  }
  if (up_.Length() > max_message_bytes_) {
    own_status_ =
        Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE,
              "the message is over the limit");
    outbound_.TryCancel();
    return CloseUp();
  }
  up_writing_ = true;
  if (!one_request_) return client_.StartWrite(&up_);
  client_.StartWriteLast(&up_, grpc::WriteOptions());
  CloseUp();
}

void StreamForward::OnBackendWriteDone(bool ok) {
  absl::MutexLock lock(&mu_);
  up_writing_ = false;
  if (!up_open_) return;
  // The backend takes no more, or has answered already: its status is on the way.
  if (!ok || !down_open_) return CloseUp();
  StartRead(&up_);
}

void StreamForward::OnBackendReadDone(bool ok) {
  if (ok) return StartWrite(&down_);
  absl::MutexLock lock(&mu_);
  CloseDown();
  // The caller may never send anything again; its next message would have nowhere to go.
  if (!up_writing_) CloseUp();
}

void StreamForward::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mu_);
  if (!down_open_) return;
  if (ok) return client_.StartRead(&down_);
  outbound_.TryCancel();
  CloseDown();
  if (!up_writing_) CloseUp();
}

void StreamForward::OnBackendDone(const grpc::Status& status) {
  absl::Status ends;
  {
    absl::MutexLock lock(&mu_);
    ends = own_status_.ok() ? StatusForCaller(rpc::FromGrpc(status), context_.IsCancelled())
                            : own_status_;
  }
  PassTrailers(outbound_, context_);
  // From here on this may be gone at any moment.
  Finish(inbound_.Finish(ends));
}

}  // namespace eid::gateway
