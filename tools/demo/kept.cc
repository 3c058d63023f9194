// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/kept.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace eid::demo {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMilliseconds = 15'000;

std::string Directory() { return EID_SOURCE_DIR "/.dev/demo"; }
std::string PidFile() { return EID_SOURCE_DIR "/.dev/demo.pids"; }

// Whether the process is one of ours: pids are used again.
bool IsOurs(pid_t pid) {
  std::error_code error;
  const fs::path program = fs::read_symlink(absl::StrCat("/proc/", pid, "/exe"), error);
  return !error && absl::StartsWith(program.filename().string(), "eid_");
}

}  // namespace

std::string FreshDirectory() {
  std::error_code ignored;
  fs::remove_all(Directory(), ignored);
  fs::create_directories(Directory(), ignored);
  return Directory();
}

void RememberKept(suite::Suite& suite) {
  std::ofstream file(PidFile(), std::ios::trunc);
  for (auto name = suite::ProgramNames().rbegin(); name != suite::ProgramNames().rend(); ++name) {
    file << suite.process(*name).pid() << "\n";
  }
}

void StopKept() {
  std::ifstream file(PidFile());
  pid_t pid = 0;
  while (file >> pid) {
    if (!IsOurs(pid)) continue;
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    kill(pid, SIGTERM);
    pollfd ended = {handle, POLLIN, 0};
    if (handle >= 0 && poll(&ended, 1, kPatienceMilliseconds) == 0) kill(pid, SIGKILL);
    if (handle >= 0) close(handle);
  }
  std::error_code ignored;
  fs::remove(PidFile(), ignored);
}

}  // namespace eid::demo
