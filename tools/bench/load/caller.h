// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/bench/frame/closed_loop.h"

namespace eid::bench {

// A message as it goes over the wire: the serialized message, then `more`, which a parser takes for
// further fields of it.
grpc::ByteBuffer Bytes(absl::string_view message, absl::string_view more = "");

// The first field (a string) of a message, serialized: every request that changes something has its
// request_id there.
std::string FirstField(absl::string_view text);

// Makes unary calls of bytes: the one load generator of everything that is called over the network,
// ours and what it is held against. One thread with a completion queue of its own, the way of gRPC
// that costs least. Thread-safe. All calls must have ended before its end.
class Caller {
 public:
  using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

  // The channels take turns.
  explicit Caller(const std::vector<std::shared_ptr<grpc::Channel>>& channels);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // `token`: of the caller, or empty.
  void Call(const std::string& method, grpc::ByteBuffer request, const std::string& token,
            Done done);
  // The same, giving the answer too.
  void Ask(const std::string& method, grpc::ByteBuffer request, const std::string& token,
           std::function<void(const absl::Status&, grpc::ByteBuffer&)> done);

 private:
  void Run();

  std::vector<std::unique_ptr<Stub>> stubs_;
  std::atomic<size_t> next_ = 0;
  grpc::CompletionQueue queue_;
  std::thread thread_;
};

}  // namespace eid::bench
