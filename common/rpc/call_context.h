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

// How many InboundCalls there are in this process: what a server that stops still has to answer.
int CallsUnderWay();

// One call on its way through the pipeline; every reactor holds one.
class InboundCall {
 public:
  // `pipeline` outlives this.
  InboundCall(const Pipeline& pipeline, absl::string_view method,
              const grpc::CallbackServerContext& context);

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
  // For who knows better than the connection: before Admit.
  void set_client(std::string client) { call_.client = std::move(client); }

 private:
  // Counted as long as it lives.
  struct UnderWay {
    UnderWay();
    UnderWay(const UnderWay&) : UnderWay() {}
    UnderWay& operator=(const UnderWay&) = default;
    ~UnderWay();
  };

  UnderWay under_way_;
  const Pipeline* pipeline_;
  Call call_;
  absl::Time start_;
};

}  // namespace eid::rpc
