// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/rpc/limits.h"
#include "common/rpc/settings.h"
#include "common/rpc/tls.h"
#include "common/status/macros.h"

namespace eid::rpc {
namespace {

grpc::ChannelArguments Arguments(const PeerConfig& config, const PeerSettings& settings) {
  grpc::ChannelArguments args;
  if (config.no_retries()) {
    args.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  } else {
    args.SetServiceConfigJSON(std::string(ServiceConfigJson()));
  }
  args.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  args.SetMaxReceiveMessageSize(settings.max_message_bytes);
  args.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // A connection whose other end is gone is noticed within the sum of these.
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A peer that was restarted is found soon; "min reconnect backoff" is how long connecting may
  // take.
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // One window that is wide enough, instead of pings that look for the best one: they were a tenth
  // of all that was sent.
  args.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  args.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kWindowBytes);
  // Counts every call, and nobody asks.
  args.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Else channels with the same arguments would share one connection.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!config.tls().server_name().empty()) {
    args.SetSslTargetNameOverride(config.tls().server_name());
  }
  return args;
}

}  // namespace

absl::string_view ServiceConfigJson() {
  return R"({
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.05s",
      "maxBackoff": "0.5s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }],
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1}
})";
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const PeerConfig& config) {
  ASSIGN_OR_RETURN(const PeerSettings settings, PeerSettingsOf(config));
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (config.has_tls()) {
    ASSIGN_OR_RETURN(credentials, MakeChannelCredentials(config.tls()));
  }
  return KeepForever(
      grpc::CreateCustomChannel(config.address(), credentials, Arguments(config, settings)));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const KeysConfig& config) {
  RETURN_IF_ERROR(CheckKeys(config));
  return MakeChannel(config.identity());
}

std::shared_ptr<grpc::Channel> KeepForever(std::shared_ptr<grpc::Channel> channel) {
  static auto* const mutex = new absl::Mutex;
  static auto* const kept = new std::vector<std::shared_ptr<grpc::Channel>>;
  absl::MutexLock lock(mutex);
  kept->push_back(channel);
  return channel;
}

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> MakeChannels(const PeerConfig& config) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  ASSIGN_OR_RETURN(const PeerSettings settings, PeerSettingsOf(config));
  for (int i = 0; i < settings.channels; ++i) {
    ASSIGN_OR_RETURN(channels.emplace_back(), MakeChannel(config));
  }
  return channels;
}

}  // namespace eid::rpc
