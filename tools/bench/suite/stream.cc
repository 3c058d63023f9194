// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/status_grpc.h"

namespace eid::bench {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

MessageStream::MessageStream(const std::shared_ptr<grpc::Channel>& channel,
                             const std::string& method, grpc::ByteBuffer request,
                             const std::string& token,
                             std::function<void(const grpc::ByteBuffer&)> message)
    : stub_(channel), request_(std::move(request)), message_(std::move(message)) {
  if (!token.empty()) context_.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  stub_.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(), this);
  StartWriteLast(&request_, grpc::WriteOptions());
  StartRead(&incoming_);
  StartCall();
}

MessageStream::~MessageStream() {
  context_.TryCancel();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&done_));
}

absl::Status MessageStream::WaitOpen() {
  absl::MutexLock lock(&mutex_);
  const auto known = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return open_ || done_; };
  if (!mutex_.AwaitWithTimeout(absl::Condition(&known), kPatience)) {
    return absl::DeadlineExceededError("a stream does not begin");
  }
  return open_ ? absl::OkStatus() : status_;
}

absl::Status MessageStream::ended() {
  absl::MutexLock lock(&mutex_);
  if (!done_) return absl::OkStatus();
  return status_.ok() ? absl::UnavailableError("a stream ended") : status_;
}

void MessageStream::OnReadDone(bool ok) {
  if (!ok) return;
  message_(incoming_);
  {
    absl::MutexLock lock(&mutex_);
    open_ = true;
  }
  StartRead(&incoming_);
}

void MessageStream::OnDone(const grpc::Status& status) {
  absl::MutexLock lock(&mutex_);
  status_ = rpc::FromGrpc(status);
  done_ = true;
}

}  // namespace eid::bench
