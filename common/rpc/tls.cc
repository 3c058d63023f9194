// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace eid::rpc {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;

constexpr unsigned int kRereadSeconds = 10;

// gRPC itself would only log it, and fail every handshake.
absl::Status CheckFile(const std::string& path, const char* what) {
  if (path.empty()) return absl::InvalidArgumentError(absl::StrCat("tls: no ", what));
  std::ifstream file(path);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    return absl::InvalidArgumentError(absl::StrCat("tls: cannot read ", what, " ", path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const ServerTls& tls) {
  RETURN_IF_ERROR(CheckFile(tls.certificate_chain_path(), "certificate_chain_path"));
  RETURN_IF_ERROR(CheckFile(tls.private_key_path(), "private_key_path"));
  if (tls.require_client_certificate()) {
    RETURN_IF_ERROR(CheckFile(tls.client_ca_path(), "client_ca_path"));
  }
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<FileWatcherCertificateProvider>(
          tls.private_key_path(), tls.certificate_chain_path(),
          tls.require_client_certificate() ? tls.client_ca_path() : "", kRereadSeconds));
  options.watch_identity_key_cert_pairs();
  if (tls.require_client_certificate()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const ClientTls& tls) {
  RETURN_IF_ERROR(CheckFile(tls.ca_path(), "ca_path"));
  grpc::experimental::TlsChannelCredentialsOptions options;
  if (tls.certificate_chain_path().empty()) {
    options.set_certificate_provider(
        std::make_shared<FileWatcherCertificateProvider>(tls.ca_path(), kRereadSeconds));
  } else {
    RETURN_IF_ERROR(CheckFile(tls.certificate_chain_path(), "certificate_chain_path"));
    RETURN_IF_ERROR(CheckFile(tls.private_key_path(), "private_key_path"));
    options.set_certificate_provider(std::make_shared<FileWatcherCertificateProvider>(
        tls.private_key_path(), tls.certificate_chain_path(), tls.ca_path(), kRereadSeconds));
    options.watch_identity_key_cert_pairs();
  }
  options.watch_root_certs();
  // The server's name is checked when the connection is made. Calls cannot name another host, so it
  // need not be checked for each of them again.
  options.set_check_call_host(false);
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace eid::rpc
