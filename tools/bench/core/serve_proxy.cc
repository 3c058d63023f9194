// SPDX-License-Identifier: Apache-2.0
// A proxy that looks at nothing: unary calls, byte buffers, deadlines, and no more.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "tools/bench/core/serve.h"

namespace eid::bench {
namespace {

using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

class Forward final : public grpc::ServerGenericBidiReactor {
 public:
  Forward(grpc::GenericCallbackServerContext& context, Stub& stub)
      : context_(context), stub_(stub) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish({grpc::StatusCode::INVALID_ARGUMENT, "no message"});
    outbound_.set_deadline(context_.deadline());
    stub_.PrepareUnaryCall(&outbound_, context_.method(), grpc::StubOptions(), &request_,
                           &response_, &client_);
    client_.StartCall();
  }
  void OnCancel() override { outbound_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  class Client final : public grpc::ClientUnaryReactor {
   public:
    explicit Client(Forward& call) : call_(call) {}
    void OnDone(const grpc::Status& status) override { call_.OnAnswer(status); }

   private:
    Forward& call_;
  };

  void OnAnswer(const grpc::Status& status) {
    if (!status.ok()) return Finish(status);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), status);
  }

  grpc::GenericCallbackServerContext& context_;
  Stub& stub_;
  grpc::ClientContext outbound_;
  Client client_{*this};
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

class Proxy final : public grpc::CallbackGenericService {
 public:
  explicit Proxy(const std::vector<std::shared_ptr<grpc::Channel>>& channels) {
    for (const auto& channel : channels) stubs_.push_back(std::make_unique<Stub>(channel));
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Forward(*context, *stubs_[next_.fetch_add(1) % stubs_.size()]);
  }

 private:
  std::vector<std::unique_ptr<Stub>> stubs_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

absl::Status ServeAsProxy(const ServerConfig& config) {
  const rpc::StopSignal stop;
  ASSIGN_OR_RETURN(const auto channels, rpc::MakeChannels(config.backend()));
  Proxy proxy(channels);
  return rpc::ServeUntilStopped(
      stop, {.name = "proxy", .config = config.rpc(), .generic = &proxy, .one_poller = false});
}

}  // namespace eid::bench
