// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/kv/feed.h"
#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/watches.h"

// Server streaming from a change feed. Only *_rpc.h files include this.
namespace eid::rpc {

// What one watch sends.
template <class Event>
struct WatchPlan {
  // Entries after this revision are sent. Usually the token's revision, or feed.revision() when the request had none.
  uint64_t after = 0;
  // The event of an entry; nullopt when this caller is not shown it. Reads a snapshot; must be quick: it runs on a
  // gRPC thread. An error ends the stream.
  std::function<absl::StatusOr<std::optional<Event>>(const kv::FeedEntry&)> event;
  // An event that says only: up to here (the revision to put in the resume token) you have seen everything.
  std::function<Event(uint64_t revision)> heartbeat;
};

// Serves a stream that ends only by the caller, by an error, by OUT_OF_RANGE RESUME_TOKEN_TOO_OLD or, at shutdown, by
// UNAVAILABLE SHUTTING_DOWN. RESOURCE_EXHAUSTED OVERLOADED when too many are open. First a heartbeat, so that the
// caller has a token and knows that nothing from now on is missed; then events in commit order, one write at a time;
// a heartbeat whenever nothing was sent for a while. Never blocks, polls nothing.
//
//   return rpc::Watch<v1::CaseEvent>(pipeline_, "/eid.approval.v1.ApprovalService/WatchCases", *context, watches_,
//       [this, request](const rpc::Call& call) -> absl::StatusOr<rpc::WatchPlan<v1::CaseEvent>> {
//         return cases_.Watch(call, *request);
//       });
template <class Event, class Open>
grpc::ServerWriteReactor<Event>* Watch(const Pipeline& pipeline, const char* method,
                                       grpc::CallbackServerContext& context, Watches& watches, Open&& open);

}  // namespace eid::rpc

#include "common/rpc/watch_reactor.h"
