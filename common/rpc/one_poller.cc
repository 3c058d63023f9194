// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/one_poller.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/log/log.h"

namespace eid::rpc {
namespace {

constexpr unsigned kFew = 2;
// Only a gRPC that has no other thread takes so long to end a call that fails at once.
constexpr absl::Duration kPatience = absl::Seconds(1);

// A call that fails at once, for its callback, which runs on one of the threads that poll.
class Errand {
 public:
  Errand(const std::shared_ptr<grpc::Channel>& nowhere, std::function<void()> run) {
    const grpc::Slice nothing("");
    request_ = grpc::ByteBuffer(&nothing, 1);
    grpc::GenericStub(nowhere).UnaryCall(&context_, "/eid.rpc.OnePoller/Sleep", grpc::StubOptions(),
                                         &request_, &response_,
                                         [this, run = std::move(run)](const grpc::Status&) {
                                           begun_.Notify();
                                           run();
                                           ended_.Notify();
                                         });
  }
  ~Errand() { ended_.WaitForNotification(); }

  bool HasBegun() { return begun_.WaitForNotificationWithTimeout(kPatience); }

 private:
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  absl::Notification begun_;
  absl::Notification ended_;
};

}  // namespace

class OnePoller::Sleeper {
 public:
  Sleeper()
      : nowhere_(grpc::CreateChannel("", nullptr)),
        sleep_(nowhere_, [this] { over_.WaitForNotification(); }) {
    // Somebody must be left.
    if (sleep_.HasBegun()) awake_ = std::make_unique<Errand>(nowhere_, [] {});
    if (awake_ == nullptr || !awake_->HasBegun()) {
      LOG(WARNING) << "gRPC polls as it likes: with one thread, or very slowly";
      WakeUp();
    }
  }
  ~Sleeper() { WakeUp(); }

  bool sleeps() const { return !over_.HasBeenNotified(); }

 private:
  void WakeUp() {
    if (sleeps()) over_.Notify();
  }

  absl::Notification over_;
  // A channel without credentials: every call fails, nothing is connected.
  const std::shared_ptr<grpc::Channel> nowhere_;
  Errand sleep_;
  std::unique_ptr<Errand> awake_;
};

OnePoller::OnePoller(unsigned processors) {
  if (processors <= kFew) sleeper_ = std::make_unique<Sleeper>();
}

OnePoller::~OnePoller() = default;

bool OnePoller::holds() const { return sleeper_ != nullptr && sleeper_->sleeps(); }

}  // namespace eid::rpc
