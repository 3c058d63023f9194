// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/stream_forward.h"

#include <utility>

#include "common/rpc/status_grpc.h"
#include "common/rpc/watches.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/gateway/exchange.h"

namespace eid::gateway {
namespace {

void End(Outbound& stream) {
  stream.stopped = true;
  stream.context.TryCancel();
}

}  // namespace

void OpenStreams::Add(const std::shared_ptr<Outbound>& stream) {
  {
    absl::MutexLock lock(&mu_);
    streams_.insert(stream);
    if (!ended_) return;
  }
  End(*stream);
}

void OpenStreams::Remove(const std::shared_ptr<Outbound>& stream) {
  absl::MutexLock lock(&mu_);
  streams_.erase(stream);
}

void OpenStreams::EndAll() {
  absl::flat_hash_set<std::shared_ptr<Outbound>> streams;
  {
    absl::MutexLock lock(&mu_);
    ended_ = true;
    streams = streams_;
  }
  // Outside the lock: what a cancelled stream does next may happen at once, on this thread.
  for (const std::shared_ptr<Outbound>& stream : streams) End(*stream);
}

StreamForward::StreamForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                             Backend& backend, size_t max_message_bytes, OpenStreams& streams)
    : inbound_(std::move(inbound)),
      context_(context),
      max_message_bytes_(max_message_bytes),
      one_request_(!inbound_.call().contract->client_streaming),
      streams_(streams) {
  PrepareOutbound(inbound_.call(), context_, outbound_->context);
  backend.NextLink().stub.PrepareBidiStreamingCall(&outbound_->context, inbound_.call().method,
                                                   grpc::StubOptions(), &client_);
  client_.AddMultipleHolds(2);
  client_.StartRead(&down_);
  client_.StartCall();
  streams_.Add(outbound_);
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
    outbound_->context.TryCancel();
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
  outbound_->context.TryCancel();
  CloseDown();
  if (!up_writing_) CloseUp();
}

void StreamForward::OnBackendDone(const grpc::Status& status) {
  absl::Status ends;
  {
    absl::MutexLock lock(&mu_);
    // What had ended well by then stays so.
    if (outbound_->stopped && !status.ok()) own_status_ = rpc::Watches::ShuttingDown();
    ends = own_status_.ok() ? StatusForCaller(rpc::FromGrpc(status), context_.IsCancelled())
                            : own_status_;
  }
  PassTrailers(outbound_->context, context_);
  // From here on this may be gone at any moment.
  Finish(inbound_.Finish(ends));
}

}  // namespace eid::gateway
