// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/rpc_config.pb.h"

namespace grpc {
class Channel;
}

namespace eid::rpc {

// A long-lived channel to a peer: TLS as configured, retries of UNAVAILABLE only (a service config;
// none if the configuration says so), no waiting for a peer that is away, found again within two
// seconds of its return. Connects when first used. INVALID_ARGUMENT for a bad configuration
// (settings.h), and when the certificate files cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const PeerConfig& config);
// To where the keys come from.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const KeysConfig& config);

// As many channels as configured, each with a connection of its own.
absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> MakeChannels(const PeerConfig& config);

// Keeps a reference to the channel until the process ends, and gives it back. In gRPC 1.51 the last
// reference must not go on one of its own threads: they would be joined by themselves. It does when
// the end of a call meets the end of its channel's owner. Channels are few and live long anyway;
// MakeChannel does it.
std::shared_ptr<grpc::Channel> KeepForever(std::shared_ptr<grpc::Channel> channel);

// The service config of every channel, as JSON.
absl::string_view ServiceConfigJson();

}  // namespace eid::rpc
