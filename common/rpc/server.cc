// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <openssl/crypto.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/fault/fault.h"
#include "common/log/log.h"
#include "common/rpc/call_context.h"
#include "common/rpc/limits.h"
#include "common/rpc/one_poller.h"
#include "common/rpc/reflection.h"
#include "common/rpc/settings.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/tls.h"
#include "common/rpc/trunk_server.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {
namespace {

// A server that is stopping has answered everything when no call is under way at so many looks.
constexpr int kQuietLooks = 15;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(20);

// Answers calls of methods that nobody serves.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    class Refusal final : public grpc::ServerGenericBidiReactor {
     public:
      Refusal() {
        Finish(ToGrpc(Error(absl::StatusCode::kUnimplemented,
                            policy::v1::COMMON_REASON_METHOD_UNKNOWN, "no such method")));
      }
      void OnDone() override { delete this; }
    };
    return new Refusal;
  }
};

void SetLimits(const ListenSettings& settings, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(settings.max_message_bytes);
  builder.SetMaxSendMessageSize(kMaxAnswerBytes);
  builder.SetResourceQuota(grpc::ResourceQuota("server").Resize(settings.max_buffer_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, settings.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // As in channel.cc.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kWindowBytes);
  // Counts every call, and nobody asks.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Two processes on one port would silently share the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Notices callers that went without a word (watches would stay for ever), and lets callers ask
  // too.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 2 * kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kKeepaliveMs / 2);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const RpcConfig& config) {
  if (config.has_tls()) return MakeServerCredentials(config.tls());
  return grpc::InsecureServerCredentials();
}

}  // namespace

StopSignal::StopSignal() {
  // OpenSSL would clear itself up when main ends, while gRPC's threads, which end with the process, may
  // still shake hands with a peer: a program that was told to stop just after its start crashed. It
  // leaves it to the process, if this is said before anybody uses it.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  CHECK(pthread_sigmask(SIG_BLOCK, &signals_, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
}

int StopSignal::Wait() const {
  int signal = 0;
  CHECK(sigwait(&signals_, &signal) == 0);
  return signal;
}

struct Server::Owned {
  UnknownMethods unknown;
  std::vector<std::unique_ptr<grpc::Service>> reflection;
};

Server::Server() : owned_(std::make_unique<Owned>()) {}

Server::~Server() { Stop(); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerParts parts) {
  ASSIGN_OR_RETURN(const ListenSettings settings,
                   ListenSettingsOf(parts.config, parts.trunk != nullptr));
  ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(parts.config));
  auto server = std::unique_ptr<Server>(new Server);
  server->on_stop_ = std::move(parts.on_stop);
  server->trunk_ = parts.trunk;
  server->grace_ = settings.grace;
  server->owned_->reflection = MakeReflection(parts.service_names);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetLimits(settings, builder);
  builder.AddListeningPort(parts.config.listen_address(), credentials, &server->port_);
  for (grpc::Service* service : parts.services) builder.RegisterService(service);
  for (const auto& service : server->owned_->reflection) builder.RegisterService(service.get());
  if (parts.trunk != nullptr) builder.RegisterService(parts.trunk);
  builder.RegisterCallbackGenericService(parts.generic != nullptr ? parts.generic
                                                                  : &server->owned_->unknown);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    server->stopped_ = true;
    return absl::UnavailableError(absl::StrCat("cannot listen on ", parts.config.listen_address()));
  }
  for (const std::string& name : parts.service_names) {
    server->health().SetServingStatus(name, true);
  }
  return server;
}

grpc::HealthCheckServiceInterface& Server::health() { return *server_->GetHealthCheckService(); }

void Server::Stop() {
  if (std::exchange(stopped_, true)) return;
  // The mutant drops the calls under way.
  if (fault::Mutant("no_drain")) std::_Exit(0);
  health().Shutdown();
  if (trunk_ != nullptr) trunk_->Leave();
  if (on_stop_) on_stop_();
  // gRPC waits until every client has taken leave, and a client that has nothing to do, or has gone
  // to sleep, takes its time: nobody waits for it once all calls are answered.
  absl::Notification stopped;
  std::thread impatience([&] {
    for (int quiet = 0; quiet < kQuietLooks; ++quiet) {
      if (stopped.WaitForNotificationWithTimeout(kBetweenLooks)) return;
      if (CallsUnderWay() > 0) quiet = -1;
    }
    grpc_server_cancel_all_calls(server_->c_server());
  });
  server_->Shutdown(absl::ToChronoTime(Clock::Real().TimeNow() + grace_));
  stopped.Notify();
  impatience.join();
  server_->Wait();
}

void ServeUntilStopped(const StopSignal& stop, absl::string_view name, Server& server) {
  std::printf("listening %s %d\n", std::string(name).c_str(), server.port());
  std::fflush(stdout);
  LogEvent(Severity::kInfo, "server.listening", {{"name", name}, {"port", server.port()}});
  const int signal = stop.Wait();
  LogEvent(Severity::kInfo, "server.stopping", {{"name", name}, {"signal", signal}});
  server.Stop();
  LogEvent(Severity::kInfo, "server.stopped", {{"name", name}});
}

absl::Status ServeUntilStopped(const StopSignal& stop, ServerParts parts) {
  const std::string name = parts.name;
  const bool one_poller = parts.one_poller;
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server, Server::Start(std::move(parts)));
  std::optional<OnePoller> poller;
  if (one_poller) poller.emplace();
  ServeUntilStopped(stop, name, *server);
  return absl::OkStatus();
}

}  // namespace eid::rpc
