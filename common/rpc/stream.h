// SPDX-License-Identifier: Apache-2.0
// Streams of bounded length: an upload in pieces, a download in pieces. Only *_rpc.h files include
// this.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/reply.h"

namespace eid::rpc {

// Takes one client stream. Its methods run one after another on gRPC threads and must not block.
template <class Request, class Response>
class Upload {
 public:
  virtual ~Upload() = default;
  // The next message. An error ends the call with it at once.
  virtual absl::Status Add(Request&& message) = 0;
  // The client has sent everything: answer. Not called when the client went away before. The upload
  // lives until the reply has been called.
  virtual void End(Reply<Response> reply) = 0;
};

// The next message of a download; nullopt at the end. Called once per message on a gRPC thread, so
// it must be quick.
template <class Response>
using NextMessage = std::function<absl::StatusOr<std::optional<Response>>()>;

namespace internal {

template <class Request, class Response>
class ReceiveReactor final : public grpc::ServerReadReactor<Request> {
 public:
  ReceiveReactor(InboundCall inbound, grpc::CallbackServerContext& context, Response* response)
      : inbound_(std::move(inbound)), context_(context), response_(response) {}

  template <class Open>
  void Run(Open&& open) {
    if (absl::Status admitted = inbound_.Admit(); !admitted.ok())
      return Answer(std::move(admitted));
    absl::StatusOr<std::unique_ptr<Upload<Request, Response>>> upload =
        std::forward<Open>(open)(inbound_.call());
    if (!upload.ok()) return Answer(upload.status());
    upload_ = *std::move(upload);
    this->StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      absl::Status added = upload_->Add(std::move(message_));
      if (!added.ok()) return Answer(std::move(added));
      message_.Clear();
      return this->StartRead(&message_);
    }
    // The end of the messages, or of the connection: only the first makes the upload whole.
    if (context_.IsCancelled()) return Answer(absl::CancelledError("the caller went away"));
    upload_->End(Reply<Response>([this](absl::StatusOr<Response> r) { Answer(std::move(r)); }));
  }

  void OnDone() override { delete this; }

 private:
  void Answer(absl::StatusOr<Response> result) {
    grpc::Status wire = inbound_.Finish(result.status());
    if (result.ok()) *response_ = *std::move(result);
    this->Finish(std::move(wire));
  }

  InboundCall inbound_;
  grpc::CallbackServerContext& context_;
  Response* response_;
  std::unique_ptr<Upload<Request, Response>> upload_;
  Request message_;
};

template <class Response>
class SendReactor final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit SendReactor(InboundCall inbound) : inbound_(std::move(inbound)) {}

  template <class Open>
  void Run(Open&& open) {
    if (absl::Status admitted = inbound_.Admit(); !admitted.ok()) return End(admitted);
    absl::StatusOr<NextMessage<Response>> next = std::forward<Open>(open)(inbound_.call());
    if (!next.ok()) return End(next.status());
    next_ = *std::move(next);
    SendNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) return SendNext();
    End(absl::CancelledError("the caller went away"));
  }

  void OnDone() override { delete this; }

 private:
  void SendNext() {
    absl::StatusOr<std::optional<Response>> message = next_();
    if (!message.ok()) return End(message.status());
    if (!message->has_value()) return End(absl::OkStatus());
    message_ = **std::move(message);
    this->StartWrite(&message_);
  }

  void End(const absl::Status& status) { this->Finish(inbound_.Finish(status)); }

  InboundCall inbound_;
  NextMessage<Response> next_;
  Response message_;
};

}  // namespace internal

// Serves a client-streaming RPC. `open(call)` gives StatusOr<std::unique_ptr<Upload<Request,
// Response>>> once the call is admitted; it runs before the first message.
template <class Request, class Response, class Open>
grpc::ServerReadReactor<Request>* Receive(const Pipeline& pipeline, absl::string_view method,
                                          grpc::CallbackServerContext& context, Response* response,
                                          Open&& open) {
  auto* reactor = new internal::ReceiveReactor<Request, Response>(
      InboundCall(pipeline, method, context), context, response);
  reactor->Run(std::forward<Open>(open));
  return reactor;
}

// Serves a server-streaming RPC that ends by itself. `open(call)` gives
// StatusOr<NextMessage<Response>> once the call is admitted.
template <class Response, class Open>
grpc::ServerWriteReactor<Response>* Send(const Pipeline& pipeline, absl::string_view method,
                                         grpc::CallbackServerContext& context, Open&& open) {
  auto* reactor = new internal::SendReactor<Response>(InboundCall(pipeline, method, context));
  reactor->Run(std::forward<Open>(open));
  return reactor;
}

}  // namespace eid::rpc
