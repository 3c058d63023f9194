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

class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryReactor(InboundCall call) : inbound(std::move(call)) {}
  void OnDone() override { delete this; }
  // Nothing here waits or calls anybody, so gRPC need not wake another thread for it: a fifth of what
  // a read costs.
  bool InternalInlineable() override { return true; }

  InboundCall inbound;
};

}  // namespace internal

// Runs a unary call: builds the Call, passes the pipeline, runs `operation(call, reply)` if it is
// admitted, and answers with whatever the reply is given, from whichever thread. The generated
// handler's request and response stay valid until the reply has been called. `method` is the full
// path of the RPC. The operation must not block: it computes for microseconds or hands over. A
// cancelled call runs to its end and the answer goes nowhere.
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
  auto* reactor = new internal::UnaryReactor(InboundCall(pipeline, method, context));
  // Answering may end the reactor at any moment: nothing of it is touched after that.
  auto finish = [reactor, response](absl::StatusOr<Response> result) {
    grpc::Status wire = reactor->inbound.Finish(result.status());
    if (result.ok()) *response = *std::move(result);
    reactor->Finish(std::move(wire));
  };
  if (absl::Status admitted = reactor->inbound.Admit(); !admitted.ok()) {
    finish(std::move(admitted));
    return reactor;
  }
  // gRPC binds the reactor after this function returns, so even an answer that is given at once
  // leaves the call in place while the operation runs.
  std::forward<Operation>(operation)(reactor->inbound.call(), Reply<Response>(std::move(finish)));
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
