// SPDX-License-Identifier: Apache-2.0
// Unary calls that a trunk brings (trunk_server.h), run by the same handlers as gRPC's own. Only
// *_rpc.h files include this.
//
//   std::vector<rpc::UnaryMethod> unary_methods() {
//     return rpc::UnaryMethodsOf(*this, v1::ApprovalService::service_full_name(),
//                                &ApprovalRpc::ListCases, &ApprovalRpc::GetCase, …);
//   }
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rpc/call_context.h"
#include "common/rpc/handle.h"

namespace eid::rpc {

// How the answer of a carried call leaves: its status and, for OK, the serialized response. Called
// once, from whichever thread.
using AnswerCarried = std::function<void(const grpc::Status& status, std::string response)>;

// One unary method of a program, as a trunk calls it.
struct UnaryMethod {
  // "/eid.approval.v1.ApprovalService/GetCase".
  std::string path;
  // Runs the handler. INVALID_ARGUMENT, INVALID_REQUEST for a request that is no such message.
  std::function<void(const Pipeline& pipeline, Call call, absl::string_view request,
                     AnswerCarried answer)>
      run;
};

namespace internal {

// INVALID_ARGUMENT, INVALID_REQUEST.
absl::Status Unreadable();

// Ends the program if the method has other messages.
void CheckMessages(const google::protobuf::MethodDescriptor& method,
                   const google::protobuf::Descriptor& request,
                   const google::protobuf::Descriptor& response);

// A carried call with its messages. It lives until it is answered and its handler has returned, as a
// call of gRPC's does.
template <class Request, class Response>
class CarriedUnary final : public CarriedContext {
 public:
  CarriedUnary(const Pipeline& pipeline, Call call, AnswerCarried answer)
      : CarriedContext(pipeline, std::move(call)), answer_(std::move(answer)) {}

  // Runs the handler on the request, if it is one. Once.
  template <class Handler>
  void Run(absl::string_view bytes, Handler&& handler) {
    if (request_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      handler(this, &request_, &response_);
    } else {
      End(inbound.Finish(Unreadable()));
    }
    LetGo();
  }

  void End(grpc::Status status) override {
    answer_(status, status.ok() ? response_.SerializeAsString() : std::string());
    LetGo();
  }

 private:
  ~CarriedUnary() override = default;

  void LetGo() {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  Request request_;
  Response response_;
  const AnswerCarried answer_;
  std::atomic<int> holders_{2};  // the handler and the answer
};

template <class Rpc, class Request, class Response>
UnaryMethod UnaryMethodOf(Rpc& rpc, const google::protobuf::MethodDescriptor& method,
                          grpc::ServerUnaryReactor* (Rpc::*handler)(grpc::CallbackServerContext*,
                                                                    const Request*, Response*)) {
  CheckMessages(method, *Request::descriptor(), *Response::descriptor());
  return {.path = absl::StrCat("/", method.service()->full_name(), "/", method.name()),
          .run = [&rpc, handler](const Pipeline& pipeline, Call call, absl::string_view request,
                                 AnswerCarried answer) {
            auto* carried =
                new CarriedUnary<Request, Response>(pipeline, std::move(call), std::move(answer));
            carried->Run(request, [&](auto*... arguments) { (rpc.*handler)(arguments...); });
          }};
}

// The unary methods of a service, in the order of its contract. Ends the program if there are not so
// many.
std::vector<const google::protobuf::MethodDescriptor*> UnaryMethodsIn(absl::string_view service,
                                                                      size_t count);

}  // namespace internal

// The unary methods of a gRPC service, by their handlers in the order of the contract; all of them,
// or the program ends. `rpc` outlives the result.
template <class Rpc, class... Handlers>
std::vector<UnaryMethod> UnaryMethodsOf(Rpc& rpc, absl::string_view service, Handlers... handlers) {
  const auto declared = internal::UnaryMethodsIn(service, sizeof...(handlers));
  std::vector<UnaryMethod> methods;
  size_t next = 0;
  (methods.push_back(internal::UnaryMethodOf(rpc, *declared[next++], handlers)), ...);
  return methods;
}

}  // namespace eid::rpc
