// SPDX-License-Identifier: Apache-2.0
// A program of the suite as a process of its own, for the demonstration and the tests that cross
// services.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eid::suite {

// How a process is started.
struct ProcessOptions {
  // The program's path and its arguments.
  std::vector<std::string> command;
  // Added to the environment, as "NAME=value".
  std::vector<std::string> environment;
  // What it writes to stderr is appended here.
  std::string log_path;
  // Goes on when we end. Otherwise it is told to stop (SIGTERM) when we die, however we die.
  bool outlives_us = false;
};

// One running process. Not thread-safe. Its end kills the process, unless it outlives us.
class Process {
 public:
  // UNAVAILABLE if it cannot be started.
  static absl::StatusOr<std::unique_ptr<Process>> Start(ProcessOptions options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Waits for the line "listening <name> <port>" on its stdout. DEADLINE_EXCEEDED, or UNAVAILABLE
  // if it ends before; the message ends with the last lines of its log.
  absl::Status WaitListening(absl::Duration timeout);

  // Sends a signal.
  void Signal(int number);
  // Waits for its end and gives the exit code, or 128 + the signal that ended it.
  int Wait();
  // Waits for its end, but no longer than this. Whether it has ended.
  bool WaitFor(absl::Duration limit);
  // Whether it still runs.
  bool Running();

  pid_t pid() const { return pid_; }

 private:
  Process(ProcessOptions options, pid_t pid, int stdout_fd);

  const ProcessOptions options_;
  pid_t pid_;
  int stdout_fd_;
  bool ended_ = false;
  int exit_code_ = 0;
};

// The last lines of a file, at most `bytes`.
std::string TailOf(const std::string& path, size_t bytes = 2000);

}  // namespace eid::suite
