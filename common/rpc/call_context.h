// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_context.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/status_grpc.h"

namespace eid::rpc {

// The Call that a gRPC context describes: metadata, certificate, deadline. Nothing in it is checked
// yet but its form: a request tag that is not one is replaced.
Call CallFrom(const grpc::CallbackServerContext& context, absl::string_view method,
              absl::string_view assumed_peer);

// Name of the service in an authenticated peer's certificate, "" if there is none.
std::string PeerName(const grpc::CallbackServerContext& context);

// The address in what gRPC calls a peer: "192.0.2.1" of "ipv4:192.0.2.1:50000".
std::string AddressOf(absl::string_view peer);

// Whether a text may be a request tag: 1 to 64 letters, digits, "-", "_", ".".
bool IsRequestTag(absl::string_view text);

// The tag, if it may be one; else a new one.
std::string TagOrNew(absl::string_view tag);

// What the gateway says of a call's client, cut to what an address may take.
std::string ForwardedClient(absl::string_view client);

// How many InboundCalls there are in this process: what a server that stops still has to answer.
int CallsUnderWay();

// One call on its way through the pipeline; every reactor holds one.
class InboundCall {
 public:
  // `pipeline` outlives this.
  InboundCall(const Pipeline& pipeline, absl::string_view method,
              const grpc::CallbackServerContext& context);
  // For a call that a trunk brought.
  InboundCall(const Pipeline& pipeline, Call call);

  absl::Status Admit() { return pipeline_->Admit(call_); }
  // Whether it would be admitted now as well: for calls that last.
  absl::Status Readmit() const {
    Call again = call_;
    again.claims.reset();
    return pipeline_->Admit(again);
  }
  // Runs the finishing steps; gives what may leave the process. Once.
  grpc::Status Finish(const absl::Status& status) const;
  const Call& call() const { return call_; }
  // For what lasts as long as its connection does: a server that stops waits for the calls that it
  // carries, not for itself.
  void DoNotCount() { under_way_.Release(); }
  // For who knows better than the connection: before Admit.
  void set_client(std::string client) { call_.client = std::move(client); }

 private:
  // Counted as long as it lives, wherever it is moved.
  class UnderWay {
   public:
    UnderWay();
    UnderWay(UnderWay&& other) noexcept : counted_(std::exchange(other.counted_, false)) {}
    UnderWay& operator=(UnderWay&&) = delete;
    ~UnderWay() { Release(); }
    void Release();

   private:
    bool counted_ = true;
  };

  UnderWay under_way_;
  const Pipeline* pipeline_;
  Call call_;
  absl::Time start_;
};

}  // namespace eid::rpc
