// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/rpc_config.pb.h"

namespace grpc {
class CallbackGenericService;
class HealthCheckServiceInterface;
class Server;
class Service;
}  // namespace grpc

namespace eid::rpc {

class TrunkServer;

// Blocks SIGINT and SIGTERM in this thread and all that it starts, so the first thing in a program;
// ignores SIGPIPE; has OpenSSL leave its clearing up to the end of the process.
class StopSignal {
 public:
  StopSignal();
  // Waits for one of them; on the main thread. Returns its number.
  int Wait() const;

 private:
  sigset_t signals_;
};

// What a program serves. Everything that is pointed to outlives the server.
struct ServerParts {
  // "approval"; printed when it listens.
  std::string name;
  const RpcConfig& config;
  // Callback services. Health and reflection come by themselves.
  std::vector<grpc::Service*> services;
  // Full names of the gRPC services that reflection lists and health knows; usually
  // PolicyMap::services().
  std::vector<std::string> service_names = {};
  // Takes every call that no service takes (the gateway). Null: UNIMPLEMENTED, METHOD_UNKNOWN.
  grpc::CallbackGenericService* generic = nullptr;
  // Serves the unary methods of the services to trunks. Null: there are none.
  TrunkServer* trunk = nullptr;
  // Called when told to stop, before calls under way are waited for: ends watches.
  std::function<void()> on_stop = nullptr;
  // On a small machine (one_poller.h). False: gRPC polls as it likes.
  bool one_poller = true;
};

// A running server.
class Server {
 public:
  // INVALID_ARGUMENT for a bad configuration (settings.h, and certificates that cannot be read),
  // UNAVAILABLE when the address cannot be had. The program must not have started another kind of
  // health service before.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerParts parts);
  // Stops if Stop was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  grpc::Server& grpc_server() { return *server_; }
  // SERVING or not, by full service name and "" for the program; all SERVING at first.
  grpc::HealthCheckServiceInterface& health();
  // NOT_SERVING, on_stop, then waits for calls under way, at most the configured grace, then
  // cancels them. Waits for calls alone, not for clients to disconnect.
  void Stop();

 private:
  struct Owned;
  Server();

  std::unique_ptr<Owned> owned_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  absl::Duration grace_;
  bool stopped_ = false;
  std::function<void()> on_stop_;
  TrunkServer* trunk_ = nullptr;
};

// Prints "listening <name> <port>" on stdout, waits for the signal, stops.
void ServeUntilStopped(const StopSignal& stop, absl::string_view name, Server& server);
// Start and the above, with one thread for gRPC's events if the parts say so.
absl::Status ServeUntilStopped(const StopSignal& stop, ServerParts parts);

}  // namespace eid::rpc
