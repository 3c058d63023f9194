// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/testing/certificates.h"

#include <cstdlib>
#include <filesystem>

namespace eid::rpc::testing {
namespace {

struct Directory {
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "eid-certificates-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
    const std::string command = std::string(EID_SOURCE_DIR) + "/tools/make_certs --rogue " + path;
    if (std::system((command + " >/dev/null").c_str()) != 0) std::abort();
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

}  // namespace

const std::string& Certificates() {
  static const Directory directory;
  return directory.path;
}

ServerTls TlsOfServer(const std::string& name, bool require_client_certificate) {
  ServerTls tls;
  tls.set_certificate_chain_path(Certificates() + "/" + name + ".crt");
  tls.set_private_key_path(Certificates() + "/" + name + ".key");
  tls.set_client_ca_path(Certificates() + "/ca.crt");
  tls.set_require_client_certificate(require_client_certificate);
  return tls;
}

ClientTls TlsOfClient(const std::string& name, const std::string& server) {
  ClientTls tls;
  if (!name.empty()) {
    tls.set_certificate_chain_path(Certificates() + "/" + name + ".crt");
    tls.set_private_key_path(Certificates() + "/" + name + ".key");
  }
  tls.set_ca_path(Certificates() + "/ca.crt");
  tls.set_server_name(server);
  return tls;
}

}  // namespace eid::rpc::testing
