// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/settings.h"

#include <limits>
#include <string>

#include "common/rpc/limits.h"
#include "common/testing/matchers.h"

namespace eid::gateway {
namespace {

using testing::Value;

Config Good() {
  Config config;
  config.mutable_rpc()->set_listen_address("127.0.0.1:0");
  config.mutable_keys()->mutable_identity()->set_address("127.0.0.1:1");
  BackendConfig& backend = *config.add_backends();
  backend.set_name("echo");
  backend.add_packages("rpctest.v1");
  backend.mutable_peer()->set_address("127.0.0.1:1");
  return config;
}

template <class Change>
absl::StatusCode CodeWith(Change change) {
  Config config = Good();
  change(config);
  return CheckConfig(config).code();
}

TEST_CASE("the gateway takes what it can work with, and nothing else") {
  constexpr auto kWrong = absl::StatusCode::kInvalidArgument;
  CHECK_OK(CheckConfig(Good()));
  CHECK(CodeWith([](Config& c) { c.mutable_rpc()->clear_listen_address(); }) == kWrong);
  CHECK(CodeWith([](Config& c) { c.mutable_rpc()->set_max_message_bytes(-1); }) == kWrong);
  CHECK(CodeWith([](Config& c) { c.clear_keys(); }) == kWrong);
  CHECK(CodeWith([](Config& c) { c.mutable_backends(0)->clear_peer(); }) == kWrong);
  CHECK(CodeWith([](Config& c) {
          c.mutable_backends(0)->mutable_peer()->set_max_message_bytes(rpc::kMaxAnswerBytes - 1);
        }) == kWrong);
  CHECK(CodeWith([](Config& c) { c.mutable_limits()->set_max_clients(-1); }) == kWrong);
  CHECK(CodeWith([](Config& c) { c.set_health_seconds(-1); }) == kWrong);
}

TEST_CASE("gRPC cuts off what is four times over the limit, or the greatest number") {
  Config config = Good();
  CHECK(ListenConfig(config).max_message_bytes() == 4 * rpc::kMaxMessageBytes);
  config.mutable_rpc()->set_max_message_bytes(1000);
  CHECK(ListenConfig(config).max_message_bytes() == 4000);
  // Four times these is no number of 32 bits.
  for (const int limit : {1 << 29, 1 << 30, std::numeric_limits<int>::max()}) {
    config.mutable_rpc()->set_max_message_bytes(limit);
    CHECK(ListenConfig(config).max_message_bytes() == std::numeric_limits<int>::max());
    CHECK(MaxMessageBytes(config) == static_cast<size_t>(limit));
  }
}

TEST_CASE("a trusted proxy is an address, however it is written") {
  for (const char* no_address : {"", "proxy.internal", "192.0.2.0/24", "192.0.2.1:443"}) {
    INFO(no_address);
    CHECK(CodeWith([&](Config& c) { c.add_trusted_proxies(no_address); }) ==
          absl::StatusCode::kInvalidArgument);
  }
  Config config = Good();
  for (const char* address : {"192.0.2.1", "2001:DB8:0:0:0:0:0:1", "::ffff:192.0.2.7"}) {
    config.add_trusted_proxies(address);
  }
  CHECK_OK(CheckConfig(config));
  CHECK(TrustedProxies(config) ==
        absl::flat_hash_set<std::string>{"192.0.2.1", "2001:db8::1", "192.0.2.7"});
}

TEST_CASE("a backend is asked once: whoever calls tries again") {
  const Config config = Good();
  const rpc::PeerConfig peer = Value(PeerOf(config.backends(0)));
  CHECK(peer.no_retries());
  CHECK(peer.address() == "127.0.0.1:1");
  CHECK(HealthPause(config) == absl::Seconds(2));
}

}  // namespace
}  // namespace eid::gateway
