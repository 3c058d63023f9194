// SPDX-License-Identifier: Apache-2.0
// Serves with gRPC's callback API and nothing between it and the work.
#include <memory>
#include <string>
#include <utility>

#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "tools/bench/core/bench.grpc.pb.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/serve.h"

namespace eid::bench {
namespace {

// Writes the same message until the call is cancelled.
class Pump final : public grpc::ServerWriteReactor<v1::EchoResponse> {
 public:
  explicit Pump(size_t bytes) {
    message_.set_padding(std::string(bytes, 'x'));
    StartWrite(&message_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartWrite(&message_);
  }
  void OnDone() override { delete this; }

 private:
  v1::EchoResponse message_;
};

class BareRpc final : public v1::BenchService::CallbackService {
 public:
  // Null: puts are refused.
  explicit BareRpc(kv::Database* database) : database_(database) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* Put(Context* context, const v1::PutRequest* request,
               v1::PutResponse* response) override {
    Reactor* const reactor = context->DefaultReactor();
    if (database_ == nullptr) {
      reactor->Finish({grpc::StatusCode::FAILED_PRECONDITION, "no store"});
      return reactor;
    }
    PutRow(*database_, *request, [reactor, response](absl::StatusOr<v1::PutResponse> put) {
      if (put.ok()) *response = *std::move(put);
      reactor->Finish(put.ok() ? grpc::Status::OK
                               : grpc::Status(grpc::StatusCode::INTERNAL, "not put"));
    });
    return reactor;
  }

  Reactor* Echo(Context* context, const v1::EchoRequest* request,
                v1::EchoResponse* response) override {
    response->set_padding(std::string(request->answer_bytes(), 'x'));
    Reactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<v1::EchoResponse>* Stream(Context*,
                                                     const v1::EchoRequest* request) override {
    return new Pump(request->answer_bytes());
  }

  Reactor* GetCounters(Context* context, const v1::GetCountersRequest*,
                       v1::GetCountersResponse* response) override {
    if (database_ != nullptr) response->set_fsyncs(database_->statistics().syncs);
    Reactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  kv::Database* const database_;
};

}  // namespace

absl::Status ServeBare(const ServerConfig& config) {
  const rpc::StopSignal stop;
  std::unique_ptr<kv::Database> database;
  if (!config.data_path().empty()) {
    ASSIGN_OR_RETURN(database, kv::Database::Open({.path = config.data_path() + "/data"}));
  }
  BareRpc service(database.get());
  return rpc::ServeUntilStopped(
      stop, {.name = "bare", .config = config.rpc(), .services = {&service}, .one_poller = false});
}

}  // namespace eid::bench
