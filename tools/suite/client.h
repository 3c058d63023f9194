// SPDX-License-Identifier: Apache-2.0
// A client of the suite as anyone would write one: TLS, a token, retries of what is safe to repeat.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/status_grpc.h"

namespace eid::suite {

// A channel over TLS. `name`: whose certificate and key from `certificates` to show; empty: none.
// `server_name`: what the server's certificate must say.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address,
                                                       const std::string& certificates,
                                                       const std::string& name,
                                                       const std::string& server_name);

// Waits a moment before the n-th repeat of a call: 20 ms, doubling up to one second.
void WaitBeforeRepeat(int n);

// Asks again, with those pauses, until it is enough: for what comes by itself, behind an answer. False:
// it was not in so long.
bool AskUntil(const std::function<bool()>& enough, absl::Duration patience = absl::Seconds(20));

// How a call is made.
struct CallOptions {
  // Sent as "authorization: Bearer <token>"; empty: nothing is.
  std::string token = {};
  // The call, with its repeats, may take this long.
  absl::Duration timeout = absl::Seconds(20);
  // Repeat while the server is away: only for reads and for calls with a request_id.
  bool repeat = false;
};

// Whether a call that was not cancelled by its caller ended because the server is away or going: gRPC
// says UNAVAILABLE, or CANCELLED to a call that meets a server's end.
inline bool IsAway(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::CANCELLED;
}

// Calls and waits. The status has the details of the answer.
//
//   ASSIGN_OR_RETURN(v1::Account account, Call(*accounts, &AccountStub::GetAccount, request, {.token = token}));
template <class Stub, class Interface, class Request, class Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                              const Request& request, const CallOptions& options = {}) {
  const auto deadline = absl::ToChronoTime(absl::Now() + options.timeout);
  for (int repeats = 0;; ++repeats) {
    grpc::ClientContext context;
    context.set_deadline(deadline);
    // A call that fails at once leaves gRPC no thread to connect with; one that waits lends its own.
    context.set_wait_for_ready(options.repeat);
    if (!options.token.empty()) {
      context.AddMetadata("authorization", "Bearer " + options.token);
    }
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (status.ok()) return response;
    if (!options.repeat || !IsAway(status) || absl::FromChrono(deadline) < absl::Now()) {
      return rpc::FromGrpc(status);
    }
    WaitBeforeRepeat(repeats);
  }
}

}  // namespace eid::suite
