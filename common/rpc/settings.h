// SPDX-License-Identifier: Apache-2.0
// What RpcConfig, PeerConfig and KeysConfig mean. Pure; knows no gRPC, which reads addresses and
// certificates by itself.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/rpc_config.pb.h"

namespace eid::rpc {

// How a server listens, with the defaults of what was not said.
struct ListenSettings {
  int max_message_bytes = 0;
  int max_concurrent_streams = 0;
  size_t max_buffer_bytes = 0;
  absl::Duration grace;
};
// INVALID_ARGUMENT: no address; no TLS on an address that others can reach; a negative number; with a
// trunk, a message limit that is too small for one.
absl::StatusOr<ListenSettings> ListenSettingsOf(const RpcConfig& config, bool has_trunk);

// Watch streams of persons at once.
int MaxWatchers(const RpcConfig& config);

// How a peer is reached.
struct PeerSettings {
  int channels = 0;
  int max_message_bytes = 0;
};
// INVALID_ARGUMENT: no address, or a negative number.
absl::StatusOr<PeerSettings> PeerSettingsOf(const PeerConfig& config);

// INVALID_ARGUMENT: as for the peer, or a negative number.
absl::Status CheckKeys(const KeysConfig& config);
// Time between two looks at the keys.
absl::Duration KeysRefresh(const KeysConfig& config);

}  // namespace eid::rpc
