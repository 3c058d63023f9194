// SPDX-License-Identifier: Apache-2.0
// Server streaming from a change feed. Only *_rpc.h files include this.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "common/kv/feed.h"
#include "common/rpc/call_context.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/watch_reactor.h"
#include "common/rpc/watches.h"

namespace eid::rpc {

// What one watch sends.
template <class Event>
struct WatchPlan {
  // Entries after this revision are sent: the resume token's, or the store's revision when the
  // request had none. An error ends the stream at once.
  absl::StatusOr<uint64_t> after = 0;
  // The event of an entry, or nullopt when this caller is not shown it. `resume` is the revision
  // for the event's resume token (that of the entry, or the one before when more of the same
  // transaction follow: they are sent again rather than missed). Reads a snapshot and must be
  // quick: it runs on a gRPC thread. An error ends the stream.
  std::function<absl::StatusOr<std::optional<Event>>(const kv::FeedEntry& entry, uint64_t resume)>
      event;
  // In its place, where many callers are shown the same: the event is shared, not made for each.
  std::function<absl::StatusOr<std::shared_ptr<const Event>>(const kv::FeedEntry& entry,
                                                             uint64_t resume)>
      shared_event = nullptr;
  // An event that says only: up to this revision, the one for its resume token, all is sent.
  std::function<Event(uint64_t revision)> heartbeat;
};

// Serves a stream that ends by the caller, by an error, by OUT_OF_RANGE RESUME_TOKEN_TOO_OLD, by
// UNAUTHENTICATED within a heartbeat after the caller's token expired or session ended, or, at
// shutdown, by UNAVAILABLE SHUTTING_DOWN. RESOURCE_EXHAUSTED OVERLOADED when too many are open.
// First comes a heartbeat, so that the caller has a token and knows that nothing from now on is
// missed; then events in the order of commits, one write at a time; a heartbeat when nothing was
// sent for a while. Blocks nothing, polls nothing. `open(call)` gives the plan once the call is
// admitted:
//
//   return rpc::Watch<v1::CaseEvent>(
//       pipeline_, "/eid.approval.v1.ApprovalService/WatchCases", *context, watches_,
//       [&](const rpc::Call& call) { return cases_.Watch(call, *request); });
template <class Event, class Open>
grpc::ServerWriteReactor<Event>* Watch(const Pipeline& pipeline, absl::string_view method,
                                       grpc::CallbackServerContext& context, Watches& watches,
                                       Open&& open) {
  auto reactor = std::make_shared<internal::WatchReactor<Event, WatchPlan<Event>>>(
      InboundCall(pipeline, method, context), watches);
  reactor->Run(std::forward<Open>(open));
  return reactor.get();
}

}  // namespace eid::rpc
