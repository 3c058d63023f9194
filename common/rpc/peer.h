// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/rpc_config.pb.h"
#include "common/rpc/trunk.h"

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

// Gives the path back. Ends the program if no contract has such a unary method.
std::string CheckedPath(absl::string_view path, const google::protobuf::Descriptor& request,
                        const google::protobuf::Descriptor& response);

// A call to a peer; keeps what it needs until it has ended.
class PeerCall : public std::enable_shared_from_this<PeerCall> {
 public:
  PeerCall(std::shared_ptr<grpc::Channel> channel, std::string method, const PeerOptions& options);
  virtual ~PeerCall() = default;

  // Once. `trunk` may be null, and may be gone when this has returned.
  void Start(Trunk* trunk);

 private:
  virtual const google::protobuf::MessageLite& request() const = 0;
  virtual google::protobuf::MessageLite& response() = 0;
  virtual void End(absl::Status status) = 0;

  // False: the trunk did not take it.
  bool Carry(Trunk& trunk);
  void OnCarried(const grpc::Status& status, const std::string& answer);
  void GoByItself();

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string method_;
  const PeerOptions options_;
  const absl::Time deadline_;
  std::optional<grpc::ClientContext> context_;
};

template <class Request, class Response>
class TypedPeerCall final : public PeerCall {
 public:
  using Done = std::function<void(absl::StatusOr<Response>)>;

  TypedPeerCall(std::shared_ptr<grpc::Channel> channel, std::string method,
                const PeerOptions& options, Request request, Done done)
      : PeerCall(std::move(channel), std::move(method), options),
        request_(std::move(request)),
        done_(std::move(done)) {}

 private:
  const google::protobuf::MessageLite& request() const override { return request_; }
  google::protobuf::MessageLite& response() override { return response_; }
  void End(absl::Status status) override {
    if (!status.ok()) return done_(std::move(status));
    done_(std::move(response_));
  }

  const Request request_;
  Response response_;
  const Done done_;
};

}  // namespace internal

// A unary method of a peer, with its messages: the contract's, or the program ends. Not for globals:
// the contracts are not there yet.
template <class Request, class Response>
class PeerMethod {
 public:
  // "/eid.approval.v1.ApprovalIntakeService/EnsureCase".
  explicit PeerMethod(absl::string_view path)
      : path_(internal::CheckedPath(path, *Request::descriptor(), *Response::descriptor())) {}

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// The way to a peer. Calls to a service of the suite share a stream, a trunk (trunk.h), as long as it
// has one for this program, and go by themselves else; to others all do. Thread-safe.
//
//   const rpc::PeerMethod<v1::EnsureCaseRequest, v1::Case> ensure_case_{
//       "/eid.approval.v1.ApprovalIntakeService/EnsureCase"};
//   approval_.Call(ensure_case_, request, {.timeout = absl::Seconds(2)},
//                  [](absl::StatusOr<v1::Case> opened) { … });
class PeerChannel {
 public:
  // `carries`: the peer is a service of the suite, and the channel takes answers of kMaxAnswerBytes.
  PeerChannel(std::shared_ptr<grpc::Channel> channel, bool carries);
  // Carried calls that are under way end CANCELLED; those that go by themselves take their course.
  ~PeerChannel() = default;
  PeerChannel(const PeerChannel&) = delete;
  PeerChannel& operator=(const PeerChannel&) = delete;

  // Calls the peer and returns at once; `done` gets the answer, or the peer's error with its details,
  // on a gRPC thread or on that of the destructor: it must not block. The method is idempotent: what
  // ends UNAVAILABLE is tried again within the deadline, a carried call by itself (once, and as often
  // as the channel retries).
  template <class Request, class Response>
  void Call(const PeerMethod<Request, Response>& method, std::type_identity_t<Request> request,
            const PeerOptions& options,
            std::type_identity_t<std::function<void(absl::StatusOr<Response>)>> done) {
    std::make_shared<internal::TypedPeerCall<Request, Response>>(
        channel_, method.path(), options, std::move(request), std::move(done))
        ->Start(trunk_ ? &*trunk_ : nullptr);
  }

  // For streams.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  std::optional<Trunk> trunk_;
};

// To a service of the suite. INVALID_ARGUMENT as MakeChannel (channel.h). With a limit of messages
// below kMaxAnswerBytes, or without retries, nothing is carried.
absl::StatusOr<std::unique_ptr<PeerChannel>> MakeServicePeer(const PeerConfig& config);

}  // namespace eid::rpc
