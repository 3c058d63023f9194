// SPDX-License-Identifier: Apache-2.0
// Wire tests without a port: real services, real statuses, an in-process channel.
//
//   rpc::Pipeline pipeline = rpc::testing::TestPipeline(policies);
//   ApprovalRpc rpc(cases, pipeline);
//   rpc::testing::InProcess server({&rpc});
//   auto stub = v1::ApprovalService::NewStub(server.channel());
//   auto context = rpc::testing::ContextOf(rpc::testing::CallOfHolder("account-1"));
//   absl::Status status = rpc::FromGrpc(stub->GetCase(context.get(), request, &response));
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/pipeline.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/testing/calls.h"

namespace grpc {
class CallbackGenericService;
}

namespace eid::rpc::testing {

// A server on an in-process channel; stops when it goes, cancelling what is still under way.
class InProcess {
 public:
  explicit InProcess(std::vector<grpc::Service*> services,
                     grpc::CallbackGenericService* generic = nullptr);
  ~InProcess();
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  std::shared_ptr<grpc::Channel> channel();
  grpc::Server& server() { return *server_; }

 private:
  std::unique_ptr<grpc::Server> server_;
};

// A service's pipeline that takes FakeTokens. An in-process connection has no certificate, so every
// call comes from `peer` ("" for none), which may call what `callers` lets it. `policies` outlives
// it.
Pipeline TestPipeline(const PolicyMap& policies, std::string peer = "", CallerList callers = {});

// A client context with a deadline of ten seconds, and the call's token and request tag.
std::unique_ptr<grpc::ClientContext> ContextOf(const Call& call);

}  // namespace eid::rpc::testing
