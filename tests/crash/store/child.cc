// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "common/log/log.h"

namespace eid::crash {
namespace {

using SteadyClock = std::chrono::steady_clock;

enum class Kind : uint32_t {
  kInvoked,
  kAcked,
  kFailed,
  kOpened,
  kRefused,
  kFound,
  kExample,
  kFigure
};

// Small enough for the kernel to write it whole or not at all.
struct Message {
  Kind kind;
  uint32_t code;
  uint64_t a;
  uint64_t b;
  uint64_t wrongs[kWrongs];
  char text[400];
};
static_assert(sizeof(Message) <= 512);

void Send(int pipe, Message message, absl::string_view text = "") {
  const size_t size = std::min(text.size(), sizeof(message.text) - 1);
  std::memcpy(message.text, text.data(), size);
  message.text[size] = '\0';
  // Nobody listens any more: then nobody was told.
  (void)!write(pipe, &message, sizeof(message));
}

void Note(const Message& message, History& history, Ending& ending) {
  switch (message.kind) {
    case Kind::kInvoked: history.Invoked(message.a, message.code, message.b); break;
    case Kind::kAcked:
      ending.newly_acked += history.Acked(message.a, message.b);
      ++ending.acked;
      break;
    case Kind::kFailed: history.Failed(message.a); break;
    case Kind::kOpened: ending.opened = true; break;
    case Kind::kRefused:
      ending.refusal = absl::Status(static_cast<absl::StatusCode>(message.code), message.text);
      break;
    case Kind::kFound:
      ending.findings.checked += message.a;
      for (size_t kind = 0; kind < kWrongs; ++kind) {
        ending.findings.Count(static_cast<Wrong>(kind), message.wrongs[kind]);
      }
      break;
    case Kind::kExample:
      ending.findings.Show(static_cast<Wrong>(message.code), message.text);
      break;
    case Kind::kFigure: ending.figures[message.text] += message.a; break;
  }
}

[[noreturn]] void BeChild(int pipe, const ChildOptions& options,
                          const std::function<void(const Teller&)>& work) {
  // It must not outlive a parent that is interrupted.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!options.log.empty()) {
    const int log = open(options.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(log, STDERR_FILENO);
  }
  if (!options.fail_point.empty()) setenv("EID_FAILPOINT", options.fail_point.c_str(), 1);
  work(Teller(pipe));
  // What else there is to end belongs to the parent.
  _exit(0);
}

// Reads what the child tells, kills it when it is time, until it has ended.
class Listener {
 public:
  Listener(int pipe, pid_t child, History& history, const ChildOptions& options, Ending& ending)
      : pipe_(pipe), child_(child), history_(history), options_(options), ending_(ending) {}

  void Listen() {
    const auto give_up = SteadyClock::now() + absl::ToChronoNanoseconds(options_.patience);
    while (true) {
      if (!kill_at_ && ending_.acked >= options_.kill.after_acks) {
        kill_at_ = SteadyClock::now() + absl::ToChronoNanoseconds(options_.kill.and_then);
      }
      const auto until = std::min(give_up, kill_at_.value_or(give_up));
      if (!killed_ && SteadyClock::now() >= until) {
        ending_.too_slow = until == give_up;
        kill(child_, SIGKILL);
        killed_ = true;
      }
      if (!ReadOne(until)) return;
    }
  }

 private:
  // False at the end.
  bool ReadOne(SteadyClock::time_point until) {
    const auto left = std::max(until - SteadyClock::now(), SteadyClock::duration::zero());
    const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec patience = {nanos / 1'000'000'000, nanos % 1'000'000'000};
    pollfd ready = {.fd = pipe_, .events = POLLIN};
    if (ppoll(&ready, 1, killed_ ? nullptr : &patience, nullptr) == 0) return true;
    Message message;
    const ssize_t size = read(pipe_, &message, sizeof(message));
    if (size < 0 && errno == EINTR) return true;
    if (size != sizeof(message)) return false;
    Note(message, history_, ending_);
    return true;
  }

  const int pipe_;
  const pid_t child_;
  History& history_;
  const ChildOptions& options_;
  Ending& ending_;
  std::optional<SteadyClock::time_point> kill_at_;
  bool killed_ = false;
};

}  // namespace

void Teller::Invoked(uint64_t operation, uint32_t worker, uint64_t ballast) const {
  Send(pipe_, {.kind = Kind::kInvoked, .code = worker, .a = operation, .b = ballast});
}

void Teller::Acked(uint64_t operation, uint64_t revision) const {
  Send(pipe_, {.kind = Kind::kAcked, .a = operation, .b = revision});
}

void Teller::Failed(uint64_t operation) const {
  Send(pipe_, {.kind = Kind::kFailed, .a = operation});
}

void Teller::Opened() const { Send(pipe_, {.kind = Kind::kOpened}); }

void Teller::Refused(const absl::Status& status) const {
  Send(pipe_, {.kind = Kind::kRefused, .code = static_cast<uint32_t>(status.code())},
       absl::string_view(status.message()));
}

void Teller::Found(const Findings& findings) const {
  Message found = {.kind = Kind::kFound, .a = findings.checked};
  for (size_t kind = 0; kind < kWrongs; ++kind) {
    found.wrongs[kind] = findings.count(static_cast<Wrong>(kind));
  }
  Send(pipe_, found);
  for (const Findings::Example& example : findings.examples()) {
    Send(pipe_, {.kind = Kind::kExample, .code = static_cast<uint32_t>(example.kind)},
         example.what);
  }
}

void Teller::Figure(absl::string_view name, uint64_t value) const {
  Send(pipe_, {.kind = Kind::kFigure, .a = value}, name);
}

Ending RunChild(History& history, const ChildOptions& options,
                const std::function<void(const Teller&)>& work) {
  int pipe[2];
  CHECK(pipe2(pipe, O_CLOEXEC) == 0);
  const pid_t child = fork();
  CHECK(child >= 0) << "fork: " << std::strerror(errno);
  if (child == 0) {
    close(pipe[0]);
    BeChild(pipe[1], options, work);
  }
  close(pipe[1]);
  Ending ending;
  Listener(pipe[0], child, history, options, ending).Listen();
  close(pipe[0]);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  ending.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return ending;
}

}  // namespace eid::crash
