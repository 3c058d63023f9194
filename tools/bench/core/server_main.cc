// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"
#include "tools/bench/core/serve.h"

namespace eid::bench {
namespace {

absl::Status Run(const ServerConfig& config) {
  switch (config.kind()) {
    case ServerConfig::KIND_SERVICE: return ServeAsService(config);
    case ServerConfig::KIND_BARE: return ServeBare(config);
    case ServerConfig::KIND_PROXY: return ServeAsProxy(config);
    default: return absl::InvalidArgumentError("no kind");
  }
}

}  // namespace
}  // namespace eid::bench

int main(int argc, char** argv) {
  return eid::Main<eid::bench::ServerConfig>(argc, argv, eid::bench::Run);
}
