// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/pipeline.h"

namespace eid::rpc {

// The Call that a gRPC context describes: metadata, certificate, deadline. Nothing in it is checked yet.
Call CallFrom(const grpc::ServerContextBase& context, const char* method, absl::string_view assumed_peer);

// Name of the service in an authenticated peer's certificate, "" if there is none.
std::string PeerName(const grpc::ServerContextBase& context);

// One call on its way through the pipeline; every reactor holds one.
class InboundCall {
 public:
  InboundCall(const Pipeline& pipeline, const char* method, const grpc::ServerContextBase& context);

  absl::Status Admit() { return pipeline_->Admit(call_); }
  // Runs the finishing steps; gives what may leave the process.
  grpc::Status Finish(const absl::Status& status) const;
  const Call& call() const { return call_; }

 private:
  const Pipeline* pipeline_;
  Call call_;
  absl::Time start_;
};

}  // namespace eid::rpc
