// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>

#include "common/rpc/call_context.h"
#include "services/gateway/message_timers.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// One unary call on its way: reads the one message, hands it to the backend as it is, over the trunk
// if it can, and the answer back. Deletes itself. An admitted call only; `context` is the call's. `timers` say how long the
// message is waited for, and outlive this.
class UnaryForward final : public grpc::ServerGenericBidiReactor {
 public:
  UnaryForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
               Backend& backend, size_t max_message_bytes, MessageTimers& timers);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // The backend's side of the call.
  class Client final : public grpc::ClientUnaryReactor {
   public:
    explicit Client(UnaryForward& call) : call_(call) {}
    void OnDone(const grpc::Status& status) override { call_.OnOwnAnswer(status); }

   private:
    UnaryForward& call_;
  };

  // False: the call has to go by itself.
  bool Carry(Backend::Link& link);
  void Call(Backend::Link& link);
  void OnOwnAnswer(const grpc::Status& status);
  void OnAnswer(const grpc::Status& status);

  rpc::InboundCall inbound_;
  grpc::GenericCallbackServerContext& context_;
  Backend& backend_;
  const size_t max_message_bytes_;
  // Set while the call may be on the trunk.
  std::atomic<rpc::Trunk*> trunk_{nullptr};
  uint64_t id_on_trunk_ = 0;
  // Of a call that goes by itself.
  grpc::ClientContext outbound_;
  Client client_{*this};
  MessageTimers& timers_;
  MessageTimers::Place place_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace eid::gateway
