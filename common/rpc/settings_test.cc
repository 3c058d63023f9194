// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/settings.h"

#include <limits>
#include <string>
#include <vector>

#include "common/rpc/limits.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;

RpcConfig Listening(const std::string& address) {
  RpcConfig config;
  config.set_listen_address(address);
  return config;
}

bool Refused(const RpcConfig& config, bool has_trunk = false) {
  return ListenSettingsOf(config, has_trunk).status().code() == absl::StatusCode::kInvalidArgument;
}

TEST_CASE("what is not said has its default") {
  const ListenSettings listen = Value(ListenSettingsOf(Listening("127.0.0.1:0"), true));
  CHECK(listen.max_message_bytes == 256 * 1024);
  CHECK(listen.max_concurrent_streams == 1024);
  CHECK(listen.max_buffer_bytes == size_t{256} << 20);
  CHECK(listen.grace == absl::Seconds(10));
  CHECK(MaxWatchers(RpcConfig()) == 256);
  PeerConfig peer;
  peer.set_address("127.0.0.1:1");
  CHECK(Value(PeerSettingsOf(peer)).channels == 1);
  CHECK(Value(PeerSettingsOf(peer)).max_message_bytes == 4 * 1024 * 1024);
  CHECK(KeysRefresh(KeysConfig()) == absl::Seconds(2));
}

TEST_CASE("what is said is so, to the greatest number") {
  constexpr int kMost = std::numeric_limits<int>::max();
  RpcConfig config = Listening("127.0.0.1:0");
  config.set_max_message_bytes(kMost);
  config.set_max_concurrent_streams(kMost);
  config.set_max_buffer_mib(kMost);
  config.set_grace_seconds(kMost);
  const ListenSettings listen = Value(ListenSettingsOf(config, true));
  CHECK(listen.max_message_bytes == kMost);
  CHECK(listen.max_concurrent_streams == kMost);
  CHECK(listen.max_buffer_bytes == size_t{kMost} << 20);
  CHECK(listen.grace == absl::Seconds(kMost));
}

TEST_CASE("without TLS a server listens on the loopback alone") {
  for (const char* address :
       {"127.0.0.1:7001", "127.9.9.9:0", "[::1]:7001", "localhost:7001", "unix:/run/eid"}) {
    INFO(address);
    CHECK_FALSE(Refused(Listening(address)));
  }
  for (const char* address :
       {"", "0.0.0.0:7001", "[::]:7001", "192.0.2.1:7001",
        // Names, which lead where their owner says.
        "127.example.org:7001", "127.0.0.1.example.org:7001", "localhost.example.org:7001"}) {
    INFO(address);
    CHECK(Refused(Listening(address)));
  }
  RpcConfig open = Listening("0.0.0.0:7001");
  open.mutable_tls();
  CHECK_FALSE(Refused(open));
}

TEST_CASE("a negative number is no default") {
  const auto with = [](void (RpcConfig::*set)(int32_t)) {
    RpcConfig config = Listening("127.0.0.1:0");
    (config.*set)(-1);
    return config;
  };
  CHECK(Refused(with(&RpcConfig::set_max_message_bytes)));
  CHECK(Refused(with(&RpcConfig::set_max_concurrent_streams)));
  CHECK(Refused(with(&RpcConfig::set_grace_seconds)));
  CHECK(Refused(with(&RpcConfig::set_max_watchers)));
  CHECK(Refused(with(&RpcConfig::set_max_buffer_mib)));
  PeerConfig peer;
  CHECK(PeerSettingsOf(peer).status().code() == absl::StatusCode::kInvalidArgument);
  peer.set_address("127.0.0.1:1");
  KeysConfig keys;
  *keys.mutable_identity() = peer;
  CHECK_OK(CheckKeys(keys));
  keys.set_refresh_seconds(-1);
  CHECK(CheckKeys(keys).code() == absl::StatusCode::kInvalidArgument);
  peer.set_channels(-1);
  CHECK(PeerSettingsOf(peer).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("calls are carried only where the largest of them can be taken") {
  RpcConfig config = Listening("127.0.0.1:0");
  config.set_max_message_bytes(kLeastMessageBytesWithTrunk - 1);
  CHECK_FALSE(Refused(config, /*has_trunk=*/false));
  CHECK(Refused(config, /*has_trunk=*/true));
  config.set_max_message_bytes(kLeastMessageBytesWithTrunk);
  CHECK_FALSE(Refused(config, /*has_trunk=*/true));
}

}  // namespace
}  // namespace eid::rpc
