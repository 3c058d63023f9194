// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <optional>

#include "absl/time/time.h"
#include "common/rpc/call_context.h"
#include "services/gateway/message_timer.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// One unary call on its way: reads the one message, hands it to the backend as it is, and the
// answer back. Deletes itself. An admitted call only; `context` is the call's. A message that has not
// come by `message_until` is not waited for.
class UnaryForward final : public grpc::ServerGenericBidiReactor {
 public:
  UnaryForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
               Backend& backend, size_t max_message_bytes, absl::Time message_until);

  void OnReadDone(bool ok) override;
  void OnCancel() override { outbound_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  // The backend's side of the call.
  class Client final : public grpc::ClientUnaryReactor {
   public:
    explicit Client(UnaryForward& call) : call_(call) {}
    void OnDone(const grpc::Status& status) override { call_.OnAnswer(status); }

   private:
    UnaryForward& call_;
  };

  void OnAnswer(const grpc::Status& status);

  rpc::InboundCall inbound_;
  grpc::GenericCallbackServerContext& context_;
  Backend& backend_;
  const size_t max_message_bytes_;
  grpc::ClientContext outbound_;
  Client client_{*this};
  // Only where the caller's own deadline comes later.
  std::optional<MessageTimer> message_timer_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace eid::gateway
