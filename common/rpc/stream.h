// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/reply.h"
#include "common/rpc/status_grpc.h"

// Streams of bounded length: an upload in pieces, a download in pieces. Only *_rpc.h files include this.
namespace eid::rpc {

// Takes one client stream. Methods run one after another on gRPC threads and must not block.
template <class Request, class Response>
class Upload {
 public:
  virtual ~Upload() = default;
  // The next message. An error ends the call with it at once.
  virtual absl::Status Add(Request&& message) = 0;
  // The client has sent everything: answer. Not called when the client went away before.
  virtual void End(Reply<Response> reply) = 0;
};

// Serves a client-streaming RPC. `open(call)` gives StatusOr<std::unique_ptr<Upload<Request, Response>>>.
template <class Request, class Response, class Open>
grpc::ServerReadReactor<Request>* Receive(const Pipeline& pipeline, const char* method,
                                          grpc::CallbackServerContext& context, Response* response, Open&& open);

// The next message of a download; nullopt at the end. Runs on a gRPC thread, once per message, and must be quick.
template <class Response>
using NextMessage = std::function<absl::StatusOr<std::optional<Response>>()>;

// Serves a server-streaming RPC that ends by itself. `open(call)` gives StatusOr<NextMessage<Response>>.
template <class Response, class Open>
grpc::ServerWriteReactor<Response>* Send(const Pipeline& pipeline, const char* method,
                                         grpc::CallbackServerContext& context, Open&& open);

}  // namespace eid::rpc

#include "common/rpc/stream_reactors.h"
