// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rpc/limits.h"
#include "common/status/macros.h"

namespace eid::rpc {
namespace {

constexpr int kMaxChannels = 4;

int OrDefault(int value, int standard) { return value > 0 ? value : standard; }

// 0 stands for the default; less is a mistake, and no smaller limit than the least.
absl::Status NotNegative(int value, absl::string_view field) {
  if (value >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " must not be negative"));
}

bool IsLoopback(absl::string_view address) {
  if (absl::StartsWith(address, "localhost:") || absl::StartsWith(address, "[::1]:") ||
      absl::StartsWith(address, "unix:")) {
    return true;
  }
  // A number, not a name that begins like one: where that leads is another's to say.
  const std::string host(address.substr(0, address.rfind(':')));
  in_addr parsed;
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 && ntohl(parsed.s_addr) >> 24 == 127;
}

}  // namespace

absl::StatusOr<ListenSettings> ListenSettingsOf(const RpcConfig& config, bool has_trunk) {
  if (config.listen_address().empty()) return absl::InvalidArgumentError("no listen_address");
  if (!config.has_tls() && !IsLoopback(config.listen_address())) {
    return absl::InvalidArgumentError(
        absl::StrCat("no tls, and ", config.listen_address(), " is not on the loopback"));
  }
  RETURN_IF_ERROR(NotNegative(config.max_message_bytes(), "max_message_bytes"));
  RETURN_IF_ERROR(NotNegative(config.max_concurrent_streams(), "max_concurrent_streams"));
  RETURN_IF_ERROR(NotNegative(config.grace_seconds(), "grace_seconds"));
  RETURN_IF_ERROR(NotNegative(config.max_watchers(), "max_watchers"));
  RETURN_IF_ERROR(NotNegative(config.max_buffer_mib(), "max_buffer_mib"));
  const ListenSettings settings = {
      .max_message_bytes = OrDefault(config.max_message_bytes(), kMaxMessageBytes),
      .max_concurrent_streams = OrDefault(config.max_concurrent_streams(), kMaxConcurrentStreams),
      .max_buffer_bytes = static_cast<size_t>(OrDefault(config.max_buffer_mib(), kMaxBufferMib))
                          << 20,
      .grace = absl::Seconds(OrDefault(config.grace_seconds(), kGraceSeconds))};
  if (has_trunk && settings.max_message_bytes < kLeastMessageBytesWithTrunk) {
    return absl::InvalidArgumentError(absl::StrCat(
        "max_message_bytes: at least ", kLeastMessageBytesWithTrunk, " where calls are carried"));
  }
  return settings;
}

int MaxWatchers(const RpcConfig& config) { return OrDefault(config.max_watchers(), kMaxWatchers); }

absl::StatusOr<PeerSettings> PeerSettingsOf(const PeerConfig& config) {
  if (config.address().empty()) return absl::InvalidArgumentError("a peer without an address");
  RETURN_IF_ERROR(NotNegative(config.channels(), "channels"));
  RETURN_IF_ERROR(NotNegative(config.max_message_bytes(), "max_message_bytes"));
  return PeerSettings{.channels = std::clamp(config.channels(), 1, kMaxChannels),
                      .max_message_bytes = OrDefault(config.max_message_bytes(), kMaxAnswerBytes)};
}

absl::Status CheckKeys(const KeysConfig& config) {
  RETURN_IF_ERROR(PeerSettingsOf(config.identity()).status());
  return NotNegative(config.refresh_seconds(), "refresh_seconds");
}

absl::Duration KeysRefresh(const KeysConfig& config) {
  return absl::Seconds(OrDefault(config.refresh_seconds(), kKeysRefreshSeconds));
}

}  // namespace eid::rpc
