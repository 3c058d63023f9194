// SPDX-License-Identifier: Apache-2.0
// eid_bench_server as a process, and ways to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/rpc_config.pb.h"
#include "tools/bench/core/server_config.pb.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/watched.h"
#include "tools/bench/load/caller.h"
#include "tools/suite/process.h"

namespace eid::bench {

// How the two ends of a connection show who they are.
enum class Security {
  kNone,
  // TLS: the server shows a certificate, as the gateway does to the public.
  kTls,
  // Mutual TLS, as behind the gateway.
  kMutualTls,
};

// Connections of a load to what it calls, as if it came from so many clients.
inline constexpr int kConnections = 4;

// kConnections channels to a peer, as a caller from outside keeps them: no retries.
absl::StatusOr<std::unique_ptr<Caller>> MakeCaller(rpc::PeerConfig peer);

struct BenchServerOptions {
  ServerConfig::Kind kind = ServerConfig::KIND_BARE;
  Security security = Security::kNone;
  bool has_store = false;
  // Of a proxy: where it passes calls to.
  rpc::PeerConfig backend = {};
};

// One process with a fresh store. Not thread-safe. Its end kills the process.
class BenchServer {
 public:
  // Returns once it listens.
  static absl::StatusOr<std::unique_ptr<BenchServer>> Start(Context& context,
                                                            BenchServerOptions options);
  ~BenchServer();

  // How to call it, as the gateway (with its certificate where one is wanted).
  const rpc::PeerConfig& peer() const { return peer_; }
  pid_t pid() const { return process_->pid(); }
  // Synced writes of its store so far; nothing if it has no store or does not answer.
  std::optional<uint64_t> Fsyncs();

 private:
  BenchServer(std::string folder, rpc::PeerConfig peer)
      : folder_(std::move(folder)), peer_(std::move(peer)) {}

  // Goes last.
  const Scratch folder_;
  const rpc::PeerConfig peer_;
  std::unique_ptr<suite::Process> process_;
  std::unique_ptr<Caller> counters_;
};

// Configuration of a listener with the certificate of the program `name`, and of a way to it with the
// certificate of the gateway.
absl::StatusOr<rpc::RpcConfig> ListenConfig(Context& context, int port, Security security,
                                            absl::string_view name);
absl::StatusOr<rpc::PeerConfig> WayTo(Context& context, int port, Security security,
                                      absl::string_view name);

}  // namespace eid::bench
