// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/forwarder.h"

#include <utility>

#include "services/gateway/exchange.h"
#include "services/gateway/stream_forward.h"
#include "services/gateway/unary_forward.h"

namespace eid::gateway {
namespace {

// Ends a call that goes nowhere.
class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

// Answers AdminService.GetInfo for the gateway itself; the request says nothing.
class OwnInfo final : public grpc::ServerGenericBidiReactor {
 public:
  OwnInfo(const rpc::ProgramInfo& info, const rpc::InboundCall& inbound) {
    const grpc::Slice slice(info.Now().SerializeAsString());
    response_ = grpc::ByteBuffer(&slice, 1);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), inbound.Finish(absl::OkStatus()));
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer response_;
};

absl::string_view ServiceNamed(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("x-eid-service");
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

}  // namespace

grpc::ServerGenericBidiReactor* Forwarder::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  rpc::InboundCall inbound(pipeline_, context->method(), *context);
  inbound.set_client(ClientAddress(inbound.call(), *context, options_.trusted_proxies));
  context->AddInitialMetadata("x-request-id", inbound.call().request_tag);
  if (absl::Status admitted = inbound.Admit(); !admitted.ok()) {
    return new Refusal(inbound.Finish(admitted));
  }
  const rpc::Method& method = *inbound.call().contract;
  const absl::StatusOr<Backend*> backend = routes_.Find(method, ServiceNamed(*context));
  if (!backend.ok()) return new Refusal(inbound.Finish(backend.status()));
  if (*backend == nullptr) return new OwnInfo(info_, inbound);
  if (method.streaming()) {
    return new StreamForward(std::move(inbound), *context, **backend, options_.max_message_bytes,
                             streams_);
  }
  return new UnaryForward(std::move(inbound), *context, **backend, options_.max_message_bytes,
                          timers_);
}

}  // namespace eid::gateway
