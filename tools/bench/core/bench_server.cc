// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/bench_server.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <fstream>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/channel.h"
#include "common/status/macros.h"
#include "google/protobuf/text_format.h"
#include "tools/bench/core/bench.pb.h"
#include "tools/suite/ports.h"

namespace eid::bench {
namespace {

// The program of the suite whose certificate a server shows: the gateway's to the public.
constexpr absl::string_view kPublicName = "gateway";
constexpr absl::string_view kServiceName = "org_registration";

absl::string_view NameFor(Security security) {
  return security == Security::kTls ? kPublicName : kServiceName;
}

}  // namespace

absl::StatusOr<rpc::RpcConfig> ListenConfig(Context& context, int port, Security security,
                                            absl::string_view name) {
  rpc::RpcConfig config;
  config.set_listen_address(absl::StrCat("127.0.0.1:", port));
  if (security == Security::kNone) return config;
  ASSIGN_OR_RETURN(const std::string certificates, context.Certificates());
  rpc::ServerTls& tls = *config.mutable_tls();
  tls.set_certificate_chain_path(absl::StrCat(certificates, "/", name, ".crt"));
  tls.set_private_key_path(absl::StrCat(certificates, "/", name, ".key"));
  if (security == Security::kMutualTls) {
    tls.set_client_ca_path(certificates + "/ca.crt");
    tls.set_require_client_certificate(true);
  }
  return config;
}

absl::StatusOr<rpc::PeerConfig> WayTo(Context& context, int port, Security security,
                                      absl::string_view name) {
  rpc::PeerConfig peer;
  peer.set_address(absl::StrCat("127.0.0.1:", port));
  if (security == Security::kNone) return peer;
  ASSIGN_OR_RETURN(const std::string certificates, context.Certificates());
  rpc::ClientTls& tls = *peer.mutable_tls();
  tls.set_ca_path(certificates + "/ca.crt");
  tls.set_server_name(std::string(name));
  if (security == Security::kMutualTls) {
    tls.set_certificate_chain_path(absl::StrCat(certificates, "/", kPublicName, ".crt"));
    tls.set_private_key_path(absl::StrCat(certificates, "/", kPublicName, ".key"));
  }
  return peer;
}

absl::StatusOr<std::unique_ptr<Caller>> MakeCaller(rpc::PeerConfig peer) {
  peer.set_channels(kConnections);
  peer.set_no_retries(true);
  ASSIGN_OR_RETURN(const auto channels, rpc::MakeChannels(peer));
  return std::make_unique<Caller>(channels);
}

absl::StatusOr<std::unique_ptr<BenchServer>> BenchServer::Start(Context& context,
                                                                BenchServerOptions options) {
  ASSIGN_OR_RETURN(const int port, suite::FreePort());
  const std::string name = absl::StrCat("server-", port);
  ASSIGN_OR_RETURN(const std::string folder, context.FreshFolder(name));
  ServerConfig config;
  config.set_kind(options.kind);
  ASSIGN_OR_RETURN(*config.mutable_rpc(),
                   ListenConfig(context, port, options.security, NameFor(options.security)));
  if (options.has_store) config.set_data_path(folder);
  *config.mutable_backend() = std::move(options.backend);
  std::string text;
  google::protobuf::TextFormat::PrintToString(config, &text);
  const std::string path = folder + "/server.textproto";
  std::ofstream(path) << text;

  ASSIGN_OR_RETURN(rpc::PeerConfig peer,
                   WayTo(context, port, options.security, NameFor(options.security)));
  std::unique_ptr<BenchServer> server(new BenchServer(folder, std::move(peer)));
  ASSIGN_OR_RETURN(server->process_,
                   suite::Process::Start({.command = {context.Program("eid_bench_server"),
                                                      absl::StrCat("--config=", path)},
                                          .log_path = folder + "/log"}));
  RETURN_IF_ERROR(server->process_->WaitListening(absl::Seconds(30)));
  if (options.has_store) {
    ASSIGN_OR_RETURN(server->counters_, MakeCaller(server->peer_));
    // Connects before anything is measured.
    if (!server->Fsyncs().has_value()) return absl::UnavailableError("a server does not count");
  }
  return server;
}

BenchServer::~BenchServer() = default;

std::optional<uint64_t> BenchServer::Fsyncs() {
  if (counters_ == nullptr) return std::nullopt;
  std::promise<std::optional<uint64_t>> promise;
  counters_->Ask("/eid.bench.v1.BenchService/GetCounters", Bytes(""), "",
                 [&](const absl::Status& status, grpc::ByteBuffer& bytes) {
                   using Traits = grpc::SerializationTraits<v1::GetCountersResponse>;
                   v1::GetCountersResponse counters;
                   if (!status.ok() || !Traits::Deserialize(&bytes, &counters).ok()) {
                     return promise.set_value(std::nullopt);
                   }
                   promise.set_value(counters.fsyncs());
                 });
  return promise.get_future().get();
}

}  // namespace eid::bench
