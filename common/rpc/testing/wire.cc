// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/testing/wire.h"

#include <grpcpp/generic/async_generic_service.h>

#include <utility>

#include "common/clock/clock.h"
#include "common/rpc/channel.h"

namespace eid::rpc::testing {

InProcess::InProcess(std::vector<grpc::Service*> services, grpc::CallbackGenericService* generic) {
  grpc::ServerBuilder builder;
  for (grpc::Service* service : services) builder.RegisterService(service);
  if (generic != nullptr) builder.RegisterCallbackGenericService(generic);
  server_ = builder.BuildAndStart();
}

InProcess::~InProcess() {
  server_->Shutdown(absl::ToChronoTime(Clock::Real().TimeNow()));
  server_->Wait();
}

std::shared_ptr<grpc::Channel> InProcess::channel() {
  return KeepForever(server_->InProcessChannel({}));
}

Pipeline TestPipeline(const PolicyMap& policies, std::string peer, CallerList callers) {
  Pipeline pipeline = ServicePipeline({.policies = policies,
                                       .verify = FakeVerify(),
                                       .callers = std::move(callers),
                                       .clock = Clock::Real()});
  pipeline.set_assumed_peer_for_tests(std::move(peer));
  return pipeline;
}

std::unique_ptr<grpc::ClientContext> ContextOf(const Call& call) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + absl::Seconds(10)));
  if (!call.token.empty()) context->AddMetadata("authorization", "Bearer " + call.token);
  if (!call.request_tag.empty()) context->AddMetadata("x-request-id", call.request_tag);
  return context;
}

}  // namespace eid::rpc::testing
