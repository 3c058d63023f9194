// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/peer.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/clock/clock.h"
#include "common/fault/fault.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/rpc/limits.h"
#include "common/rpc/settings.h"
#include "common/rpc/status_grpc.h"
#include "common/status/macros.h"

namespace eid::rpc {

using google::protobuf::MessageLite;

PeerOptions OptionsFor(const Call& call, absl::Time now, absl::Duration timeout, bool pass_token,
                       absl::Duration reserve) {
  // The mutant lets a peer take longer than the caller waits.
  if (fault::Mutant("deadline_not_passed_on")) reserve = -absl::InfiniteDuration();
  return {
      .timeout = std::max(absl::ZeroDuration(), std::min(timeout, call.deadline - now - reserve)),
      .token = pass_token ? call.token : "",
      .request_tag = call.request_tag};
}

namespace internal {

std::string CheckedPath(absl::string_view path, const google::protobuf::Descriptor& request,
                        const google::protobuf::Descriptor& response) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(absl::StripPrefix(path, "/"), {{"/", "."}}));
  CHECK(method != nullptr && method->input_type() == &request &&
        method->output_type() == &response && !method->client_streaming() &&
        !method->server_streaming())
      << path << " is no unary method with these messages";
  return std::string(path);
}

PeerCall::PeerCall(std::shared_ptr<grpc::Channel> channel, std::string method,
                   const PeerOptions& options)
    : channel_(std::move(channel)),
      method_(std::move(method)),
      options_(options),
      deadline_(Clock::Real().TimeNow() + options.timeout) {}

void PeerCall::Start(Trunk* trunk) {
  if (trunk == nullptr || !Carry(*trunk)) GoByItself();
}

bool PeerCall::Carry(Trunk& trunk) {
  if (!trunk.IsOpen()) return false;
  Trunk::Call call{.method = method_,
                   .token = options_.token,
                   .request_tag = options_.request_tag,
                   .deadline = deadline_,
                   .request = request().SerializeAsString()};
  return trunk.Send(
      trunk.NewId(), call,
      [self = shared_from_this()](const grpc::Status& status, const std::string& answer) {
        self->OnCarried(status, answer);
      });
}

void PeerCall::OnCarried(const grpc::Status& status, const std::string& answer) {
  // As the channel does with what goes by itself. The trunk broke, or the peer says so.
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return GoByItself();
  if (!status.ok()) return End(FromGrpc(status));
  End(response().ParseFromString(answer)
          ? absl::OkStatus()
          : absl::InternalError("the peer's answer is no message of the contract"));
}

void PeerCall::GoByItself() {
  grpc::ClientContext& context = context_.emplace();
  context.set_deadline(absl::ToChronoTime(deadline_));
  if (!options_.token.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", options_.token));
  }
  if (!options_.request_tag.empty()) context.AddMetadata("x-request-id", options_.request_tag);
  grpc::TemplatedGenericStub<MessageLite, MessageLite>(channel_).UnaryCall(
      &context, method_, grpc::StubOptions(), &request(), &response(),
      [self = shared_from_this()](const grpc::Status& status) { self->End(FromGrpc(status)); });
}

}  // namespace internal

PeerChannel::PeerChannel(std::shared_ptr<grpc::Channel> channel, bool carries)
    : channel_(std::move(channel)) {
  if (carries) trunk_.emplace(channel_);
}

absl::StatusOr<std::unique_ptr<PeerChannel>> MakeServicePeer(const PeerConfig& config) {
  ASSIGN_OR_RETURN(const PeerSettings settings, PeerSettingsOf(config));
  ASSIGN_OR_RETURN(auto channel, MakeChannel(config));
  return std::make_unique<PeerChannel>(
      std::move(channel), !config.no_retries() && settings.max_message_bytes >= kMaxAnswerBytes);
}

}  // namespace eid::rpc
