// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call_context.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// One streaming call on its way, one message under way in each direction, so that a slow end slows
// the other down and nothing piles up here. Deletes itself. An admitted call only; `context` is the
// call's.
//
// Up: read from the caller, write to the backend, again; down: read from the backend, write to the
// caller, again. The backend's side ends when its reads are over and nothing more will be written
// to it: each direction holds it open for as long as the other side's events may still start
// something there.
class StreamForward final : public grpc::ServerGenericBidiReactor {
 public:
  StreamForward(rpc::InboundCall inbound, grpc::GenericCallbackServerContext& context,
                Backend& backend, size_t max_message_bytes);

  // The caller's side.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { outbound_.TryCancel(); }
  void OnDone() override { delete this; }

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
  grpc::ClientContext outbound_;
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
