// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/server.h"

#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/rpc/admin_rpc.h"
#include "common/rpc/channel.h"
#include "common/rpc/limits.h"
#include "common/rpc/testing/certificates.h"
#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace eid::rpc {
namespace {

using eid::testing::Value;
using rpctest::v1::Echo;
using rpctest::v1::EchoService;
using testing::CallOfOfficer;
using testing::CallOfPublic;
using testing::ContextOf;
using testing::TlsOfClient;
using testing::TlsOfServer;

RpcConfig AnyPort() {
  RpcConfig config;
  config.set_listen_address("127.0.0.1:0");
  return config;
}

// The echo services on a port.
struct World {
  explicit World(RpcConfig c = AnyPort()) : config(std::move(c)) {
    server = Value(Server::Start({.name = "test",
                                  .config = config,
                                  .services = {&echo, &intake, &admin},
                                  .service_names = policies.services()}));
  }
  std::shared_ptr<grpc::Channel> Channel(std::optional<ClientTls> tls = std::nullopt) {
    PeerConfig peer;
    peer.set_address(absl::StrCat("127.0.0.1:", server->port()));
    if (tls) *peer.mutable_tls() = *tls;
    return Value(MakeChannel(peer));
  }

  RpcConfig config;
  PolicyMap policies =
      Value(PolicyMap::Build({testing::kEcho, testing::kEchoIntake, "eid.admin.v1.AdminService"}));
  Pipeline pipeline =
      ServicePipeline({.policies = policies,
                       .verify = testing::FakeVerify(),
                       .callers = CallerList().Allow(testing::kEchoIntake, "operator"),
                       .clock = Clock::Real()});
  testing::EchoRpc echo{pipeline};
  testing::EchoIntakeRpc intake{pipeline};
  ProgramInfo info{"test", policies, Clock::Real(),
                   [](admin::v1::Info& i) { i.set_store_revision(7); }};
  AdminRpc admin{info, pipeline};
  std::unique_ptr<Server> server;
};

absl::StatusOr<Echo> Ensure(std::shared_ptr<grpc::Channel> channel) {
  auto context = ContextOf(CallOfPublic());
  Echo response;
  const grpc::Status status = rpctest::v1::EchoIntakeService::NewStub(std::move(channel))
                                  ->EnsureEcho(context.get(), Echo(), &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

absl::StatusOr<Echo> Say(std::shared_ptr<grpc::Channel> channel, const Echo& request = Echo()) {
  auto context = ContextOf(CallOfPublic());
  Echo response;
  const grpc::Status status =
      EchoService::NewStub(std::move(channel))->Say(context.get(), request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

TEST_CASE("a service is known by its certificate") {
  RpcConfig config = AnyPort();
  *config.mutable_tls() = TlsOfServer("carrier");
  World world(config);
  CHECK(Value(Ensure(world.Channel(TlsOfClient("operator", "carrier")))).caller() ==
        "service:operator");
  // Of the right authority, but not on the list, or not a service of the suite.
  CHECK(Ensure(world.Channel(TlsOfClient("registry_business", "carrier"))).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(Ensure(world.Channel(TlsOfClient("nameless", "carrier"))).status().code() ==
        absl::StatusCode::kPermissionDenied);
}

TEST_CASE("who shows no certificate of the authority is not connected") {
  RpcConfig config = AnyPort();
  *config.mutable_tls() = TlsOfServer("carrier");
  World world(config);
  for (const char* name : {"", "rogue", "expired"}) {
    INFO(name);
    CHECK(Say(world.Channel(TlsOfClient(name, "carrier"))).status().code() ==
          absl::StatusCode::kUnavailable);
  }
  CHECK(Say(world.Channel()).status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a client connects only to who has the name that it expects") {
  RpcConfig config = AnyPort();
  *config.mutable_tls() = TlsOfServer("carrier");
  World world(config);
  CHECK_OK(Say(world.Channel(TlsOfClient("operator", "carrier"))));
  CHECK(Say(world.Channel(TlsOfClient("operator", "registry_special"))).status().code() ==
        absl::StatusCode::kUnavailable);
}

TEST_CASE("without demanding certificates, callers are nobody but encrypted") {
  RpcConfig config = AnyPort();
  *config.mutable_tls() = TlsOfServer("carrier", /*require_client_certificate=*/false);
  World world(config);
  CHECK_OK(Say(world.Channel(TlsOfClient("", "carrier"))));
  // Not asked for, so not seen.
  CHECK(Ensure(world.Channel(TlsOfClient("operator", "carrier"))).status().code() ==
        absl::StatusCode::kPermissionDenied);
}

TEST_CASE("a configuration that would be unsafe or cannot work is refused") {
  const auto start = [](RpcConfig config) {
    return Server::Start({.name = "test", .config = config, .services = {}}).status();
  };
  RpcConfig open = AnyPort();
  open.set_listen_address("0.0.0.0:0");
  CHECK(start(open).code() == absl::StatusCode::kInvalidArgument);
  CHECK(start(RpcConfig()).code() == absl::StatusCode::kInvalidArgument);
  RpcConfig missing = AnyPort();
  missing.mutable_tls()->set_certificate_chain_path("/no/such/file");
  CHECK(start(missing).code() == absl::StatusCode::kInvalidArgument);

  World world;
  RpcConfig taken;
  taken.set_listen_address(absl::StrCat("127.0.0.1:", world.server->port()));
  CHECK(start(taken).code() == absl::StatusCode::kUnavailable);

  PeerConfig peer;
  CHECK(MakeChannel(peer).status().code() == absl::StatusCode::kInvalidArgument);
  peer.set_address("127.0.0.1:1");
  peer.mutable_tls()->set_ca_path("/no/such/file");
  CHECK(MakeChannel(peer).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a peer has as many channels as configured, within reason") {
  PeerConfig peer;
  peer.set_address("127.0.0.1:1");
  CHECK(Value(MakeChannels(peer)).size() == 1);
  peer.set_channels(3);
  CHECK(Value(MakeChannels(peer)).size() == 3);
  peer.set_channels(300);
  CHECK(Value(MakeChannels(peer)).size() == 4);
}

TEST_CASE("a peer that is away fails a call at once") {
  PeerConfig peer;
  {
    World world;
    peer.set_address(absl::StrCat("127.0.0.1:", world.server->port()));
  }
  const absl::Time start = Clock::Real().TimeNow();
  CHECK(Say(Value(MakeChannel(peer))).status().code() == absl::StatusCode::kUnavailable);
  CHECK(Clock::Real().TimeNow() - start < absl::Seconds(5));
}

TEST_CASE("an unknown method is an error with a reason") {
  World world;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(world.Channel());
  auto context = ContextOf(CallOfPublic());
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(context.get(), "/rpctest.v1.EchoService/NoSuch", {}, &request, &response,
                 [&](grpc::Status s) {
                   status = s;
                   done.Notify();
                 });
  done.WaitForNotification();
  CHECK(status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  CHECK(HasReason(FromGrpc(status), policy::v1::COMMON_REASON_METHOD_UNKNOWN));
}

TEST_CASE("a message over the limit is refused") {
  World world;
  Echo request;
  request.set_padding(std::string(kMaxMessageBytes - 100, 'x'));
  CHECK_OK(Say(world.Channel(), request));
  request.set_padding(std::string(kMaxMessageBytes + 1, 'x'));
  CHECK(Say(world.Channel(), request).status().code() == absl::StatusCode::kResourceExhausted);
}

grpc::health::v1::HealthCheckResponse::ServingStatus Health(std::shared_ptr<grpc::Channel> channel,
                                                            const std::string& service) {
  auto context = ContextOf(CallOfPublic());
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = grpc::health::v1::Health::NewStub(std::move(channel))
                                  ->Check(context.get(), request, &response);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return grpc::health::v1::HealthCheckResponse::SERVICE_UNKNOWN;
  }
  return response.status();
}

TEST_CASE("health is told by service") {
  using grpc::health::v1::HealthCheckResponse;
  World world;
  const auto channel = world.Channel();
  CHECK(Health(channel, "") == HealthCheckResponse::SERVING);
  CHECK(Health(channel, testing::kEcho) == HealthCheckResponse::SERVING);
  CHECK(Health(channel, "no.such.Service") == HealthCheckResponse::SERVICE_UNKNOWN);
  world.server->health().SetServingStatus(testing::kEcho, false);
  CHECK(Health(channel, testing::kEcho) == HealthCheckResponse::NOT_SERVING);
}

TEST_CASE("a call under way when the program is told to stop is answered") {
  World world;
  auto stub = EchoService::NewStub(world.Channel());
  auto context = ContextOf(CallOfPublic());
  Echo request, response;
  request.set_how("hang");
  absl::Notification done;
  grpc::Status status;
  stub->async()->Say(context.get(), &request, &response, [&](grpc::Status s) {
    status = s;
    done.Notify();
  });
  world.echo.AwaitHeld(1);
  std::thread stopping([&] { world.server->Stop(); });
  world.echo.Release();
  done.WaitForNotification();
  stopping.join();
  CHECK_OK(FromGrpc(status));
}

// A client that has connected and then does nothing, not even read that the server is going.
class SleepingClient {
 public:
  explicit SleepingClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    // HTTP/2's preface and an empty frame of settings.
    const std::string hello =
        absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", std::string("\0\0\0\4\0\0\0\0\0", 9));
    REQUIRE(write(fd_, hello.data(), hello.size()) == static_cast<ssize_t>(hello.size()));
    // The server has spoken, so it has the connection.
    char answer = 0;
    REQUIRE(read(fd_, &answer, 1) == 1);
  }
  ~SleepingClient() { close(fd_); }

 private:
  const int fd_;
};

TEST_CASE("nobody waits for a client that has nothing to do and does not take leave") {
  World world;
  const SleepingClient client(world.server->port());
  const auto begin = std::chrono::steady_clock::now();
  world.server->Stop();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(kGraceSeconds / 2));
}

TEST_CASE("a call that outlasts the grace is cancelled") {
  RpcConfig config = AnyPort();
  config.set_grace_seconds(1);
  World world(config);
  auto stub = EchoService::NewStub(world.Channel());
  auto context = ContextOf(CallOfPublic());
  grpc::Status status;
  auto stream = stub->Chat(context.get());
  REQUIRE(stream->Write(Echo()));
  Echo echo;
  REQUIRE(stream->Read(&echo));
  world.server->Stop();
  CHECK_FALSE(stream->Read(&echo));
  CHECK_FALSE(stream->Finish().ok());
}

TEST_CASE("the signal to stop is waited for, not handled") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const StopSignal stop;
    std::raise(SIGTERM);
    CHECK(stop.Wait() == SIGTERM);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("an operator learns what runs") {
  World world;
  auto stub = admin::v1::AdminService::NewStub(world.Channel());
  admin::v1::Info info;
  auto context = ContextOf(CallOfOfficer("o", {policy::v1::OFFICER_ROLE_OPERATOR}));
  REQUIRE_OK(FromGrpc(stub->GetInfo(context.get(), {}, &info)));
  CHECK(info.service() == "test");
  CHECK_FALSE(info.version().empty());
  CHECK(info.start_time().seconds() > 0);
  CHECK(info.store_revision() == 7);
  CHECK(info.services_size() == 3);
  context = ContextOf(CallOfOfficer("o", {policy::v1::OFFICER_ROLE_INTAKE}));
  CHECK(stub->GetInfo(context.get(), {}, &info).error_code() ==
        grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace eid::rpc
