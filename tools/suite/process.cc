// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace eid::suite {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child, between fork and exec: only what is async-signal-safe.
[[noreturn]] void Become(const ProcessOptions& options, int stdout_fd, int log_fd,
                         char* const* command, char* const* environment) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.outlives_us) {
    setsid();
  } else {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
  }
  dup2(stdout_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  execve(command[0], command, environment);
  _exit(127);
}

}  // namespace

std::string TailOf(const std::string& path, size_t bytes) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

absl::StatusOr<std::unique_ptr<Process>> Process::Start(ProcessOptions options) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) {
    return absl::UnavailableError(absl::StrCat("pipe: ", strerror(errno)));
  }
  const int log_fd =
      open(options.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) {
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return absl::UnavailableError(absl::StrCat(options.log_path, ": ", strerror(errno)));
  }
  std::vector<std::string> environment = options.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  std::vector<std::string> command = options.command;
  const std::vector<char*> command_words = Pointers(command);
  const std::vector<char*> environment_words = Pointers(environment);
  const pid_t pid = fork();
  if (pid == 0) {
    Become(options, pipe_fds[1], log_fd, command_words.data(), environment_words.data());
  }
  close(pipe_fds[1]);
  close(log_fd);
  if (pid < 0) {
    close(pipe_fds[0]);
    return absl::UnavailableError(absl::StrCat("fork: ", strerror(errno)));
  }
  return std::unique_ptr<Process>(new Process(std::move(options), pid, pipe_fds[0]));
}

Process::Process(ProcessOptions options, pid_t pid, int stdout_fd)
    : options_(std::move(options)), pid_(pid), stdout_fd_(stdout_fd) {}

Process::~Process() {
  if (!options_.outlives_us) {
    Signal(SIGKILL);
    Wait();
  }
  close(stdout_fd_);
}

absl::Status Process::WaitListening(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  std::string output;
  while (!absl::StrContains(output, "listening ")) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(absl::StrCat(
          options_.command[0], " does not listen; its log ends:\n", TailOf(options_.log_path)));
    }
    pollfd ready = {stdout_fd_, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) <= 0) continue;
    char buffer[512];
    const ssize_t count = read(stdout_fd_, buffer, sizeof buffer);
    if (count <= 0) {
      return absl::UnavailableError(absl::StrCat(options_.command[0], " ended with ", Wait(),
                                                 "; its log ends:\n", TailOf(options_.log_path)));
    }
    output.append(buffer, static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

void Process::Signal(int number) {
  if (!ended_) kill(pid_, number);
}

int Process::Wait() {
  if (ended_) return exit_code_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

bool Process::WaitFor(absl::Duration limit) {
  const absl::Time deadline = absl::Now() + limit;
  // Readable when the process has ended.
  const int process_fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  while (Running()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) break;
    pollfd ended = {process_fd, POLLIN, 0};
    // Without such a descriptor, which no kernel before 5.3 has, a look every 10 ms.
    const int64_t milliseconds = process_fd < 0 ? 10 : absl::ToInt64Milliseconds(left) + 1;
    poll(&ended, process_fd < 0 ? 0 : 1, static_cast<int>(milliseconds));
  }
  if (process_fd >= 0) close(process_fd);
  return !Running();
}

bool Process::Running() {
  if (ended_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

}  // namespace eid::suite
