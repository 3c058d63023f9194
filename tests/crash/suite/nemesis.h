// SPDX-License-Identifier: Apache-2.0
// Breaks the programs of a suite and starts them again.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/crash/suite/load.h"

namespace eid::crash {

// What a scenario did.
struct Tally {
  // Ends by SIGKILL or at a point.
  int kills = 0;
  // By program and point: ends of programs that had listened.
  std::map<std::pair<std::string, std::string>, int> points;
  // Ends at a point that a program came to before it listened: no call was under way.
  int early = 0;
  // Of each start, until the program listened.
  std::vector<absl::Duration> starts;
  // By program: of each end by SIGTERM, until the process was gone.
  std::map<std::string, std::vector<absl::Duration>> stops;
  // Anything else worth a line.
  std::vector<std::string> notes;
};

// Within the time that a program has to stop: kGraceSeconds of common/rpc, and a little.
inline constexpr absl::Duration kGrace = absl::Seconds(11);

// One thread's.
class Nemesis {
 public:
  Nemesis(Arena& arena, uint64_t seed) : arena_(arena), random_(seed) {}

  // The program is always started with this from now on; empty: with nothing. Starts it anew.
  absl::Status SetMutant(const std::string& program, const std::string& mutant);

  // kill -9, and started again.
  absl::Status Kill(const std::string& program);
  void KillOnly(const std::string& program);
  // Starts a program that has ended.
  absl::Status Revive(const std::string& program);
  // Ends the program and starts it so that it ends at the n-th arrival at the point. False: it got
  // there before it listened, which does not count.
  absl::StatusOr<bool> Arm(const std::string& program, const std::string& point, int n);
  // Whether an armed program has ended. UNAVAILABLE: otherwise than at its point.
  absl::StatusOr<bool> Fallen(const std::string& program);
  // SIGTERM; waits for the end; the program stays away. `meanwhile` runs between the two. Gives the
  // exit code; 137: it had not ended after kGrace, and was killed.
  int Terminate(const std::string& program, const std::function<void()>& meanwhile = nullptr);
  // SIGSTOP, SIGCONT.
  void Freeze(const std::string& program);
  void Thaw(const std::string& program);

  int Between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  std::mt19937_64& random() { return random_; }
  Arena& arena() { return arena_; }
  Tally& tally() { return tally_; }

 private:
  absl::Status Start(const std::string& program, std::vector<std::string> environment);
  void End(const std::string& program);
  // Whether an armed program has ended at its point. UNAVAILABLE: otherwise.
  absl::StatusOr<bool> EndedAtPoint(const std::string& program);

  Arena& arena_;
  std::mt19937_64 random_;
  Tally tally_;
  std::map<std::string, std::string> mutants_;
  // The point that a program is to end at.
  std::map<std::string, std::string> armed_;
};

}  // namespace eid::crash
