// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/bench/load/caller.h"

namespace eid::bench {

// One server stream, read as fast as it comes. Its end cancels the call and waits until it is over.
class MessageStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // `message` is called for each message, one after another, on a thread of gRPC's.
  MessageStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                grpc::ByteBuffer request, const std::string& token,
                std::function<void(const grpc::ByteBuffer&)> message);
  ~MessageStream() override;

  // Waits for the first message: from then on nothing that changes is missed. The stream's status if
  // it ended before, DEADLINE_EXCEEDED after ten seconds.
  absl::Status WaitOpen();
  // Whether it has ended, as a stream that lasts should not.
  absl::Status ended();

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  Caller::Stub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer incoming_;
  const std::function<void(const grpc::ByteBuffer&)> message_;
  absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::bench
