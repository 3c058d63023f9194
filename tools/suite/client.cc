// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/client.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"

namespace eid::suite {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address,
                                                       const std::string& certificates,
                                                       const std::string& name,
                                                       const std::string& server_name) {
  grpc::SslCredentialsOptions tls;
  ASSIGN_OR_RETURN(tls.pem_root_certs, ReadFile(certificates + "/ca.crt"));
  if (!name.empty()) {
    ASSIGN_OR_RETURN(tls.pem_cert_chain, ReadFile(absl::StrCat(certificates, "/", name, ".crt")));
    ASSIGN_OR_RETURN(tls.pem_private_key, ReadFile(absl::StrCat(certificates, "/", name, ".key")));
  }
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(server_name);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // How long connecting may take, whatever the name says.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  // Each client its own connection, as if it were on a machine of its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), arguments);
}

void WaitBeforeRepeat(int n) {
  absl::SleepFor(std::min(absl::Milliseconds(20) * (1 << std::min(n, 6)), absl::Seconds(1)));
}

bool AskUntil(const std::function<bool()>& enough, absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  for (int tries = 0; !enough(); ++tries) {
    if (absl::Now() > give_up) return false;
    WaitBeforeRepeat(tries);
  }
  return true;
}

}  // namespace eid::suite
