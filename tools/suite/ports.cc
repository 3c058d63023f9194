// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace eid::suite {

absl::StatusOr<std::vector<int>> FreePorts(size_t count) {
  std::vector<int> sockets;
  std::vector<int> ports;
  absl::Status status;
  // All are held until all are known.
  for (size_t i = 0; i < count && status.ok(); ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) {
      status = absl::UnavailableError("no free port");
    }
    sockets.push_back(fd);
    ports.push_back(ntohs(address.sin_port));
  }
  for (const int fd : sockets) close(fd);
  if (!status.ok()) return status;
  return ports;
}

absl::StatusOr<int> FreePort() {
  const absl::StatusOr<std::vector<int>> ports = FreePorts(1);
  if (!ports.ok()) return ports.status();
  return ports->front();
}

}  // namespace eid::suite
