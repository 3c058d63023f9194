// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/nginx.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/bench/core/bench_server.h"
#include "tools/bench/core/loopback.h"
#include "tools/suite/ports.h"

namespace eid::bench {
namespace {

constexpr absl::string_view kName = "gateway";

// As many as nginx takes by itself ("auto").
size_t Workers() { return static_cast<size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))); }

std::string TlsInFront(const rpc::ServerTls& tls) {
  return absl::StrCat("    ssl_certificate ", tls.certificate_chain_path(), ";\n",
                      "    ssl_certificate_key ", tls.private_key_path(), ";\n",
                      "    ssl_protocols TLSv1.3;\n");
}

std::string TlsBehind(const rpc::ClientTls& tls) {
  return absl::StrCat("      grpc_ssl_certificate ", tls.certificate_chain_path(), ";\n",
                      "      grpc_ssl_certificate_key ", tls.private_key_path(), ";\n",
                      "      grpc_ssl_trusted_certificate ", tls.ca_path(), ";\n",
                      "      grpc_ssl_name ", tls.server_name(), ";\n",
                      "      grpc_ssl_server_name on;\n      grpc_ssl_verify on;\n",
                      "      grpc_ssl_protocols TLSv1.3;\n");
}

}  // namespace

std::string NginxConfig(const std::string& folder, const rpc::RpcConfig& listen,
                        const rpc::PeerConfig& backend) {
  std::string text = geteuid() == 0 ? "user root;\n" : "";
  absl::StrAppend(&text, "daemon off;\nworker_processes ", Workers(), ";\npid ", folder, "/pid;\n",
                  "error_log ", folder,
                  "/error.log;\nevents { worker_connections 4096; }\nhttp {\n", "  access_log ",
                  folder, "/access.log;\n");
  for (const char* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    absl::StrAppend(&text, "  ", kind, "_temp_path ", folder, "/", kind, ";\n");
  }
  // nginx closes a connection after a thousand requests, unless told otherwise.
  absl::StrAppend(
      &text, "  keepalive_requests 1000000000;\n  http2_max_concurrent_streams 1024;\n",
      "  client_body_buffer_size 256k;\n  upstream backend {\n    server ", backend.address(),
      ";\n    keepalive 256;\n", "    keepalive_requests 1000000000;\n  }\n  server {\n    listen ",
      listen.listen_address(), " ssl http2;\n", TlsInFront(listen.tls()),
      "    location / {\n      grpc_pass ", backend.has_tls() ? "grpcs" : "grpc", "://backend;\n",
      backend.has_tls() ? TlsBehind(backend.tls()) : "", "    }\n  }\n}\n");
  return text;
}

absl::StatusOr<std::unique_ptr<Nginx>> Nginx::Start(Context& context,
                                                    const rpc::PeerConfig& backend) {
  ASSIGN_OR_RETURN(const std::string program, FindSystemProgram("nginx", "nginx-light"));
  ASSIGN_OR_RETURN(const std::string folder, context.FreshFolder("nginx"));
  ASSIGN_OR_RETURN(const int port, suite::FreePort());
  ASSIGN_OR_RETURN(const rpc::RpcConfig listen, ListenConfig(context, port, Security::kTls, kName));
  const std::string path = folder + "/nginx.conf";
  std::ofstream(path) << NginxConfig(folder, listen, backend);

  ASSIGN_OR_RETURN(rpc::PeerConfig peer, WayTo(context, port, Security::kTls, kName));
  std::unique_ptr<Nginx> nginx(new Nginx(std::move(peer)));
  const std::string log = folder + "/log";
  ASSIGN_OR_RETURN(nginx->process_,
                   suite::Process::Start(
                       {.command = {program, "-c", path, "-p", folder, "-e", folder + "/error.log"},
                        .log_path = log}));
  // The master listens before it has workers, whose CPU time counts too.
  RETURN_IF_ERROR(WaitUntil(*nginx->process_, log, [&] {
    return Listens(port) && ChildrenOf(nginx->process_->pid()).size() >= Workers();
  }));
  return nginx;
}

// Killed, the master would leave its workers behind.
Nginx::~Nginx() {
  if (process_ == nullptr) return;
  process_->Signal(SIGTERM);
  process_->Wait();
}

std::vector<pid_t> Nginx::pids() const {
  std::vector<pid_t> pids = ChildrenOf(process_->pid());
  pids.push_back(process_->pid());
  return pids;
}

}  // namespace eid::bench
