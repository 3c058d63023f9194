// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/rpc/admin_rpc.h"
#include "common/rpc/limits.h"
#include "common/rpc/pipeline.h"
#include "services/gateway/message_timers.h"
#include "services/gateway/routes.h"
#include "services/gateway/settings.h"
#include "services/gateway/stream_forward.h"

namespace eid::gateway {

// Takes every call that comes from outside: the pipeline decides, the routes say to whom, the bytes
// pass as they are. No message is parsed. Thread-safe; never blocks.
class Forwarder final : public grpc::CallbackGenericService {
 public:
  struct Options {
    // Larger messages are refused.
    size_t max_message_bytes = rpc::kMaxMessageBytes;
    // How long a unary call may be open without its message; the rest of its time is the backend's.
    absl::Duration message_wait = absl::Seconds(30);
    // See config.proto.
    absl::flat_hash_set<std::string> trusted_proxies = {};
  };
  static Options OptionsOf(const Config& config) {
    return {.max_message_bytes = MaxMessageBytes(config),
            .trusted_proxies = TrustedProxies(config)};
  }

  // All outlive this.
  Forwarder(const Routes& routes, const rpc::Pipeline& pipeline, const rpc::ProgramInfo& info,
            Options options)
      : routes_(routes),
        pipeline_(pipeline),
        info_(info),
        options_(std::move(options)),
        timers_(Clock::Real(), options_.message_wait) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  // The program stops: streams end, which would never end by themselves.
  void EndStreams() { streams_.EndAll(); }

 private:
  const Routes& routes_;
  const rpc::Pipeline& pipeline_;
  const rpc::ProgramInfo& info_;
  const Options options_;
  MessageTimers timers_;
  OpenStreams streams_;
};

}  // namespace eid::gateway
