// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/nemesis.h"

#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"

namespace eid::crash {
namespace {

// Ending at a point looks like this.
constexpr int kAsIfKilled = 137;

}  // namespace

absl::Status Nemesis::Start(const std::string& program, std::vector<std::string> environment) {
  const std::string& mutant = mutants_[program];
  if (!mutant.empty()) environment.push_back("EID_MUTANT=" + mutant);
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(arena_.suite().Start(program, std::move(environment)));
  tally_.starts.push_back(absl::Now() - begin);
  return absl::OkStatus();
}

void Nemesis::End(const std::string& program) {
  if (!arena_.suite().process(program).Running()) return;
  arena_.suite().Kill(program);
  ++tally_.kills;
}

absl::Status Nemesis::SetMutant(const std::string& program, const std::string& mutant) {
  mutants_[program] = mutant;
  return Kill(program);
}

void Nemesis::KillOnly(const std::string& program) { End(program); }

absl::Status Nemesis::Kill(const std::string& program) {
  End(program);
  return Revive(program);
}

absl::Status Nemesis::Revive(const std::string& program) {
  armed_.erase(program);
  return Start(program, {});
}

absl::StatusOr<bool> Nemesis::Arm(const std::string& program, const std::string& point, int n) {
  End(program);
  armed_[program] = point;
  const absl::Status started = Start(program, {absl::StrCat("EID_FAILPOINT=", point, ":", n)});
  if (started.ok()) return true;
  ASSIGN_OR_RETURN(const bool ended, EndedAtPoint(program));
  if (!ended) return started;
  ++tally_.kills;
  ++tally_.early;
  armed_.erase(program);
  return false;
}

absl::StatusOr<bool> Nemesis::EndedAtPoint(const std::string& program) {
  suite::Process& process = arena_.suite().process(program);
  if (process.Running()) return false;
  const int code = process.Wait();
  if (code != kAsIfKilled) {
    return absl::UnavailableError(absl::StrCat(program, " ended with ", code, ", armed with ",
                                               armed_[program], "; its log ends:\n",
                                               suite::TailOf(arena_.suite().log_path(program))));
  }
  return true;
}

absl::StatusOr<bool> Nemesis::Fallen(const std::string& program) {
  ASSIGN_OR_RETURN(const bool ended, EndedAtPoint(program));
  if (ended && armed_.contains(program)) {
    ++tally_.kills;
    ++tally_.points[{program, armed_[program]}];
    armed_.erase(program);
  }
  return ended;
}

int Nemesis::Terminate(const std::string& program, const std::function<void()>& meanwhile) {
  const absl::Time begin = absl::Now();
  suite::Process& process = arena_.suite().process(program);
  process.Signal(SIGTERM);
  if (meanwhile) meanwhile();
  if (!process.WaitFor(begin + kGrace - absl::Now())) process.Signal(SIGKILL);
  const int code = process.Wait();
  tally_.stops[program].push_back(absl::Now() - begin);
  return code;
}

void Nemesis::Freeze(const std::string& program) {
  arena_.suite().process(program).Signal(SIGSTOP);
}
void Nemesis::Thaw(const std::string& program) { arena_.suite().process(program).Signal(SIGCONT); }

}  // namespace eid::crash
