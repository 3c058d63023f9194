// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/pipeline.h"

// Wire tests without a port: real services, real statuses, an in-process channel.
namespace eid::rpc::testing {

// A server on an in-process channel; stops when it goes.
class InProcess {
 public:
  explicit InProcess(std::vector<grpc::Service*> services, grpc::CallbackGenericService* generic = nullptr);
  ~InProcess();
  std::shared_ptr<grpc::Channel> channel() { return server_->InProcessChannel({}); }

 private:
  std::unique_ptr<grpc::Server> server_;
};

// Tokens for tests of the wire: FakeToken names the claims, FakeVerify reads them. Never linked into a program.
std::string FakeToken(const policy::v1::AccessClaims& claims);
VerifyToken FakeVerify();

// A client context with a deadline of ten seconds, and the claims' token if any.
std::unique_ptr<grpc::ClientContext> ContextOf(const Call& call);

}  // namespace eid::rpc::testing
