// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/status_grpc.h"

// Calling a peer. Only *_peer.cc, *_rpc.h and main.cc include this.
namespace eid::rpc {

// What goes with a call to a peer.
struct PeerOptions {
  // How long to wait for the answer; always set.
  absl::Duration timeout = absl::Seconds(5);
  // The person's token, where the peer is called for that person. Empty: in the service's own name.
  std::string token = {};
  // Ties the logs together. Empty: the peer makes one.
  std::string request_tag = {};
};

// For a call made while serving another: its tag, its token if wanted, and no longer than it waits
// (less `reserve`).
PeerOptions OptionsFor(const Call& call, absl::Time now, absl::Duration timeout, bool pass_token,
                       absl::Duration reserve = absl::Milliseconds(20));

namespace internal {
void Apply(const PeerOptions& options, grpc::ClientContext& context);
}

// Calls a peer and returns at once; `done` gets the answer, or the peer's error with its details,
// on a gRPC thread: it must not block. Whatever the call needs is kept alive until then; the stub
// must outlive it.
//
//   using Intake = v1::VerificationIntakeService::StubInterface::async_interface;
//   rpc::CallPeer(*stub_.async(), &Intake::EnsureVerification, request,
//                 {.timeout = absl::Seconds(2)},
//                 [](absl::StatusOr<v1::Verification> verification) { … });
template <class Async, class Interface, class Request, class Response>
void CallPeer(Async& async,
              void (Interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                        std::function<void(grpc::Status)>),
              Request request, const PeerOptions& options,
              std::type_identity_t<std::function<void(absl::StatusOr<Response>)>> done) {
  struct State {
    grpc::ClientContext context;
    Request request;
    Response response;
    std::function<void(absl::StatusOr<Response>)> done;
  };
  auto state = std::make_shared<State>();
  state->request = std::move(request);
  state->done = std::move(done);
  internal::Apply(options, state->context);
  (async.*method)(&state->context, &state->request, &state->response, [state](grpc::Status status) {
    if (!status.ok()) return state->done(FromGrpc(status));
    state->done(std::move(state->response));
  });
}

}  // namespace eid::rpc
