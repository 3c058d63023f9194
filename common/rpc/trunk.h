// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::rpc {

// The far end of a trunk: one stream to a peer that carries unary calls (eid.trunk.v1, ADR 0014),
// opened when somebody asks for it (IsOpen), and again after it ended. While there is none, and for
// what it does not carry, calls go by themselves as ever. Thread-safe.
class Trunk {
 public:
  // A call to be carried.
  struct Call {
    // "/eid.approval.v1.ApprovalService/GetCase".
    absl::string_view method;
    absl::string_view token = {};
    absl::string_view request_tag = {};
    absl::string_view client = {};
    absl::Time deadline;
    // Serialized.
    std::string request;
  };
  // The peer's answer: the status and, for OK, the serialized response. UNAVAILABLE when the trunk
  // broke, DEADLINE_EXCEEDED, CANCELLED. On a gRPC thread, or on that of Cancel: must not block.
  using Done = std::function<void(const grpc::Status& status, std::string response)>;

  // Larger requests are not carried, and no more calls at once, those counted that nobody waits for
  // and that the peer has not answered.
  static constexpr size_t kMaxRequestBytes = 64 * 1024;
  static constexpr size_t kMaxUnderWay = 1000;

  explicit Trunk(const std::shared_ptr<grpc::Channel>& channel);
  // Ends the stream; calls still under way are CANCELLED.
  ~Trunk();
  Trunk(const Trunk&) = delete;
  Trunk& operator=(const Trunk&) = delete;

  // Whether calls can be carried now; if not, a stream is opened for later ones.
  bool IsOpen();
  // A name for the next call.
  uint64_t NewId();
  // Sends the call; `done` is called once, possibly before this returns. False, and nothing
  // happens, when the call has to go by itself; then `call` is as it was.
  bool Send(uint64_t id, Call& call, Done done);
  // Nobody waits for the call any more: CANCELLED, if it is under way. The peer may still do what
  // it was asked to.
  void Cancel(uint64_t id);

 private:
  class Core;
  const std::shared_ptr<Core> core_;
};

}  // namespace eid::rpc
