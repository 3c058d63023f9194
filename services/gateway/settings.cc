// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rpc/limits.h"
#include "common/rpc/settings.h"
#include "common/status/macros.h"
#include "services/gateway/limits.h"

namespace eid::gateway {
namespace {

constexpr int kHealthSeconds = 2;

// An address as connections show it, "" if it is none.
std::string WrittenAddress(const std::string& address) {
  char text[INET6_ADDRSTRLEN];
  in_addr four;
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) {
    return inet_ntop(AF_INET, &four, text, sizeof text);
  }
  in6_addr six;
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return "";
  // gRPC shows the address of four bytes that such a one holds.
  if (IN6_IS_ADDR_V4MAPPED(&six)) return inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
  return inet_ntop(AF_INET6, &six, text, sizeof text);
}

}  // namespace

absl::Status CheckConfig(const Config& config) {
  RETURN_IF_ERROR(rpc::ListenSettingsOf(ListenConfig(config), /*has_trunk=*/false).status());
  RETURN_IF_ERROR(rpc::CheckKeys(config.keys()));
  for (const BackendConfig& backend : config.backends()) {
    RETURN_IF_ERROR(PeerOf(backend).status());
  }
  RETURN_IF_ERROR(Limits::Validate(config.limits()));
  if (config.health_seconds() < 0) {
    return absl::InvalidArgumentError("health_seconds must not be negative");
  }
  for (const std::string& proxy : config.trusted_proxies()) {
    // A name or a network would never be what a connection comes from.
    if (!WrittenAddress(proxy).empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("trusted_proxies: \"", proxy, "\" is not an address"));
  }
  return absl::OkStatus();
}

size_t MaxMessageBytes(const Config& config) {
  const int limit = config.rpc().max_message_bytes();
  return static_cast<size_t>(limit > 0 ? limit : rpc::kMaxMessageBytes);
}

rpc::RpcConfig ListenConfig(const Config& config) {
  rpc::RpcConfig listen = config.rpc();
  // What is wrong stays so.
  if (listen.max_message_bytes() < 0) return listen;
  constexpr uint64_t kMost = std::numeric_limits<int32_t>::max();
  listen.set_max_message_bytes(
      static_cast<int32_t>(std::min<uint64_t>(kMost, 4 * MaxMessageBytes(config))));
  return listen;
}

absl::flat_hash_set<std::string> TrustedProxies(const Config& config) {
  absl::flat_hash_set<std::string> proxies;
  for (const std::string& proxy : config.trusted_proxies()) proxies.insert(WrittenAddress(proxy));
  return proxies;
}

absl::Duration HealthPause(const Config& config) {
  return absl::Seconds(config.health_seconds() > 0 ? config.health_seconds() : kHealthSeconds);
}

std::vector<Served> ServedBy(const Config& config) {
  std::vector<Served> served;
  for (const BackendConfig& backend : config.backends()) {
    served.push_back({backend.name(), {backend.packages().begin(), backend.packages().end()}});
  }
  return served;
}

absl::StatusOr<rpc::PeerConfig> PeerOf(const BackendConfig& backend) {
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("backends: ", backend.name(), ": ", what));
  };
  const absl::StatusOr<rpc::PeerSettings> settings = rpc::PeerSettingsOf(backend.peer());
  if (!settings.ok()) return wrong(settings.status().message());
  if (settings->max_message_bytes < rpc::kMaxAnswerBytes) {
    return wrong(absl::StrCat("max_message_bytes: at least ", rpc::kMaxAnswerBytes, ", or 0"));
  }
  rpc::PeerConfig peer = backend.peer();
  peer.set_no_retries(true);
  return peer;
}

}  // namespace eid::gateway
