// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/reply.h"
#include "common/rpc/status_grpc.h"

// Puts an operation on the wire. Only *_rpc.h files include this.
namespace eid::rpc {

// Runs a unary call: builds the Call, passes the pipeline, runs `operation(call, reply)` if it is admitted, and answers
// with whatever the reply is given, from whichever thread. `request` and `*response` of the generated handler stay valid
// until the reply has been called. `method` is the full path of the RPC ("/eid.approval.v1.ApprovalService/GetCase"; a
// string literal). The operation must not block: it computes for microseconds or hands over. A cancelled call runs to
// its end and the answer goes nowhere.
//
//   grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
//                                     v1::Case* response) override {
//     return rpc::Handle(pipeline_, "/eid.approval.v1.ApprovalService/GetCase", *context, response,
//                        [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
//                          cases_.Get(call, *request, std::move(reply));
//                        });
//   }
template <class Response, class Operation>
grpc::ServerUnaryReactor* Handle(const Pipeline& pipeline, const char* method, grpc::CallbackServerContext& context,
                                 Response* response, Operation&& operation) {
  class Reactor final : public grpc::ServerUnaryReactor {
   public:
    explicit Reactor(InboundCall call) : inbound(std::move(call)) {}
    void OnDone() override { delete this; }
    InboundCall inbound;
  };
  auto* reactor = new Reactor(InboundCall(pipeline, method, context));
  // Answering may end the reactor at any moment: what it holds is not touched after that.
  auto finish = [reactor, response](absl::StatusOr<Response> result) {
    const grpc::Status wire = reactor->inbound.Finish(result.status());
    if (result.ok()) *response = *std::move(result);
    reactor->Finish(wire);
  };
  if (absl::Status admitted = reactor->inbound.Admit(); !admitted.ok()) {
    finish(std::move(admitted));
    return reactor;
  }
  // The operation may answer, and the reactor be gone, before it returns; so it gets a call of its own.
  const Call call = reactor->inbound.call();
  std::forward<Operation>(operation)(call, Reply<Response>(std::move(finish)));
  return reactor;
}

}  // namespace eid::rpc
