// SPDX-License-Identifier: Apache-2.0
// Puts an operation on the wire. Only *_rpc.h files include this.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/read_pool.h"
#include "common/rpc/reply.h"

namespace eid::rpc {

namespace internal {

// A unary call that waits for its answer.
class UnaryCall {
 public:
  template <class... Arguments>
  explicit UnaryCall(Arguments&&... call) : inbound(std::forward<Arguments>(call)...) {}
  // Sends the answer; for OK, what is in the handler's response. Once; this may be gone after it.
  virtual void End(grpc::Status status) = 0;

  InboundCall inbound;

 protected:
  ~UnaryCall() = default;
};

// One that gRPC brought.
class UnaryReactor final : public UnaryCall, public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(const Pipeline& pipeline, absl::string_view method,
               const grpc::CallbackServerContext& context)
      : UnaryCall(pipeline, method, context) {}
  void End(grpc::Status status) override { Finish(std::move(status)); }
  void OnDone() override { delete this; }
  // Nothing here waits or calls anybody, so gRPC need not wake another thread for it: a fifth of what
  // a read costs.
  bool InternalInlineable() override { return true; }
};

// One that a trunk brought: stands where handlers have gRPC's context, which it is without a call of
// gRPC's behind it. It has no metadata; what there is to know is in `inbound`.
class CarriedContext : public UnaryCall, public grpc::CallbackServerContext {
 public:
  CarriedContext(const Pipeline& pipeline, Call call) : UnaryCall(pipeline, std::move(call)) {}
};

}  // namespace internal

// Runs a unary call: builds the Call, passes the pipeline, runs `operation(call, reply)` if it is
// admitted, and answers with whatever the reply is given, from whichever thread. The generated
// handler's request and response stay valid until the reply has been called. `method` is the full
// path of the RPC. The operation must not block: it computes for microseconds or hands over. A
// cancelled call runs to its end and the answer goes nowhere. Null for a call that a trunk brought.
//
//   grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
//                                     const v1::GetCaseRequest* request,
//                                     v1::Case* response) override {
//     return rpc::Handle(pipeline_, "/eid.approval.v1.ApprovalService/GetCase", *context, response,
//                        [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
//                          cases_.Get(call, *request, std::move(reply));
//                        });
//   }
template <class Response, class Operation>
grpc::ServerUnaryReactor* Handle(const Pipeline& pipeline, absl::string_view method,
                                 grpc::CallbackServerContext& context, Response* response,
                                 Operation&& operation) {
  internal::UnaryCall* call = dynamic_cast<internal::CarriedContext*>(&context);
  internal::UnaryReactor* reactor = nullptr;
  if (call == nullptr) {
    call = reactor = new internal::UnaryReactor(pipeline, method, context);
  }
  // Answering may end the call at any moment: nothing of it is touched after that.
  auto finish = [call, response](absl::StatusOr<Response> result) {
    grpc::Status wire = call->inbound.Finish(result.status());
    if (result.ok()) *response = *std::move(result);
    call->End(std::move(wire));
  };
  if (absl::Status admitted = call->inbound.Admit(); !admitted.ok()) {
    finish(std::move(admitted));
    return reactor;
  }
  std::forward<Operation>(operation)(call->inbound.call(), Reply<Response>(std::move(finish)));
  return reactor;
}

// The same for an operation that reads much: once admitted it runs on a thread of the pool. Captures
// of `operation` must live until the reply: the request does, the handler's arguments do not.
template <class Response, class Operation>
grpc::ServerUnaryReactor* HandleLong(ReadPool& pool, const Pipeline& pipeline,
                                     absl::string_view method, grpc::CallbackServerContext& context,
                                     Response* response, Operation operation) {
  return Handle(pipeline, method, context, response,
                [&](const Call& call, const Reply<Response>& reply) {
                  // The call lives until the reply is given.
                  const bool taken = pool.Submit([&call, reply, operation = std::move(operation)] {
                    if (Clock::Real().TimeNow() >= call.deadline) return reply(ReadTooLate());
                    operation(call, reply);
                  });
                  if (!taken) reply(TooManyReads());
                });
}

}  // namespace eid::rpc
