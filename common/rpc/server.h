// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/rpc_config.pb.h"

namespace grpc {
class CallbackGenericService;
class Channel;
class HealthCheckServiceInterface;
class Server;
class Service;
}  // namespace grpc

namespace eid::rpc {

// Blocks SIGINT and SIGTERM in this thread and all that it starts, so the first thing in a program; ignores SIGPIPE.
class StopSignal {
 public:
  StopSignal();
  // Waits for one of them; on the main thread. Returns its number.
  int Wait() const;

 private:
  sigset_t signals_;
};

// What a program serves. Everything referenced outlives the server.
struct ServerParts {
  // "approval": printed when listening, and in GetInfo.
  std::string name;
  const RpcConfig& config;
  // Callback services. Health and reflection come by themselves.
  std::vector<grpc::Service*> services;
  // Takes every call that no service takes (the gateway). Null: UNIMPLEMENTED.
  grpc::CallbackGenericService* generic = nullptr;
  // Names that reflection lists beside `services` (the gateway: those that it fronts).
  std::vector<std::string> more_reflected = {};
  // Called when the server listens.
  std::function<void()> on_start = nullptr;
  // Called when told to stop, before calls under way are waited for: ends watches.
  std::function<void()> on_stop = nullptr;
};

// A running server.
class Server {
 public:
  // INVALID_ARGUMENT for a bad configuration, UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerParts parts);
  // Stops if Stop was not called.
  ~Server();

  int port() const { return port_; }
  grpc::Server& grpc_server() { return *server_; }
  // SERVING or not, by service name; starts as SERVING for all.
  grpc::HealthCheckServiceInterface* health();
  // NOT_SERVING, on_stop, then waits for calls under way for at most the configured grace, then cancels them.
  void Stop();

 private:
  struct Owned;
  Server();
  std::unique_ptr<Owned> owned_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  int grace_seconds_ = 10;
  std::function<void()> on_stop_;
};

// Start, print "listening <name> <port>" on stdout, wait for the signal, Stop.
absl::Status ServeUntilStopped(const StopSignal& stop, ServerParts parts);

}  // namespace eid::rpc
