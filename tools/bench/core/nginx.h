// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/rpc_config.pb.h"
#include "tools/bench/frame/context.h"
#include "tools/suite/process.h"

namespace eid::bench {

// nginx as a reverse proxy of gRPC in the place of the gateway: TLS with the gateway's certificate in
// front, mutual TLS to the backend, connections kept, an access log as the gateway keeps one. Not
// thread-safe. Its end stops it.
class Nginx {
 public:
  // `backend`: an address on the loopback, with or without TLS. FAILED_PRECONDITION if nginx is not
  // installed. Returns once it listens and has all its workers.
  static absl::StatusOr<std::unique_ptr<Nginx>> Start(Context& context,
                                                      const rpc::PeerConfig& backend);
  ~Nginx();

  // How to call it: TLS, as the gateway.
  const rpc::PeerConfig& peer() const { return peer_; }
  // The master and its workers.
  std::vector<pid_t> pids() const;

 private:
  explicit Nginx(rpc::PeerConfig peer) : peer_(std::move(peer)) {}

  const rpc::PeerConfig peer_;
  std::unique_ptr<suite::Process> process_;
};

// The configuration that it is started with.
std::string NginxConfig(const std::string& folder, const rpc::RpcConfig& listen,
                        const rpc::PeerConfig& backend);

}  // namespace eid::bench
