// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call_context.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// The backend's side of a stream, as far as its end is concerned.
struct Outbound {
  grpc::ClientContext context;
  // The gateway ends it, because it stops.
  std::atomic<bool> stopped = false;
};

// The streams that are open. Thread-safe.
class OpenStreams {
 public:
  void Add(const std::shared_ptr<Outbound>& stream);
  void Remove(const std::shared_ptr<Outbound>& stream);
  // Ends them all, and each that is opened from now on: UNAVAILABLE SHUTTING_DOWN.
  void EndAll();

 private:
  absl::Mutex mu_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_set<std::shared_ptr<Outbound>> streams_ ABSL_GUARDED_BY(mu_);
};

// One streaming call on its way, one message under way in each direction, so that a slow end slows
// the other down and nothing piles up here. Deletes itself. An admitted call only; `context` is the
// call's.
//
// Up: read from the caller, write to the backend, again; down: read from the backend, write to the
// caller, again. The backend's side ends when its reads are over and nothing more will be written
// to it: each direction holds it open for as long as the other side's events may still start
// something there. `streams` outlives it.
class StreamForward final : public grpc::ServerGenericBidiReactor {
 public:
  StreamForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                Backend& backend, size_t max_message_bytes, OpenStreams& streams);

  // The caller's side.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { outbound_->context.TryCancel(); }
  void OnDone() override {
    streams_.Remove(outbound_);
    delete this;
  }

 private:
  // The backend's side.
  class Client final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Client(StreamForward& call) : call_(call) {}
    void OnReadDone(bool ok) override { call_.OnBackendReadDone(ok); }
    void OnWriteDone(bool ok) override { call_.OnBackendWriteDone(ok); }
    void OnDone(const grpc::Status& status) override { call_.OnBackendDone(status); }

   private:
    StreamForward& call_;
  };

  void OnBackendReadDone(bool ok);
  void OnBackendWriteDone(bool ok);
  void OnBackendDone(const grpc::Status& status);
  // Nothing more will be written to the backend.
  void CloseUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Nothing more will be read from it.
  void CloseDown() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  rpc::InboundCall inbound_;
  grpc::GenericCallbackServerContext& context_;
  const size_t max_message_bytes_;
  const bool one_request_;
  OpenStreams& streams_;
  const std::shared_ptr<Outbound> outbound_ = std::make_shared<Outbound>();
  Client client_{*this};
  grpc::ByteBuffer up_;
  grpc::ByteBuffer down_;

  absl::Mutex mu_;
  bool up_open_ ABSL_GUARDED_BY(mu_) = true;
  bool up_writing_ ABSL_GUARDED_BY(mu_) = false;
  bool down_open_ ABSL_GUARDED_BY(mu_) = true;
  // Why it ends, when that is known here and not from the backend.
  absl::Status own_status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::gateway
