// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/loopback.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"

namespace eid::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience(30);
constexpr std::chrono::milliseconds kPause(10);

// A connection, or -1.
int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

std::string HttpGet(int port, absl::string_view path) {
  const int fd = Connect(port);
  if (fd < 0) return "";
  const std::string request =
      absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  std::string answer;
  if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
      static_cast<ssize_t>(request.size())) {
    char buffer[16384];
    ssize_t count = 0;
    while ((count = recv(fd, buffer, sizeof buffer, 0)) > 0) {
      answer.append(buffer, static_cast<size_t>(count));
    }
  }
  close(fd);
  return answer;
}

bool Listens(int port) {
  const int fd = Connect(port);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

absl::Status WaitUntil(suite::Process& process, const std::string& log_path,
                       const std::function<bool()>& ready) {
  const auto until = SteadyClock::now() + kPatience;
  while (!ready()) {
    if (!process.Running()) {
      return absl::UnavailableError(absl::StrCat("ended; its log: ", suite::TailOf(log_path)));
    }
    if (SteadyClock::now() > until) {
      return absl::DeadlineExceededError(
          absl::StrCat("is not ready; its log: ", suite::TailOf(log_path)));
    }
    std::this_thread::sleep_for(kPause);
  }
  return absl::OkStatus();
}

}  // namespace eid::bench
