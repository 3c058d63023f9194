// SPDX-License-Identifier: Apache-2.0
// kill -9 of each program, at named points and at random moments, under load: nothing that was
// acknowledged is lost, nothing happens twice, every registration ends where it should. And SIGTERM,
// which no client notices but by a repeated call.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/fault/fault.h"
#include "common/testing/matchers.h"
#include "tests/integration/support/contract.h"
#include "tests/integration/support/load.h"

namespace eid::integration {
namespace {

// Dying at a named point looks like this.
constexpr int kAsIfKilled = 137;
constexpr absl::Duration kPatience = absl::Seconds(60);

int Rounds() {
  int rounds = 1;
  const char* const given = std::getenv("EID_CRASH_ROUNDS");
  if (given != nullptr && !absl::SimpleAtoi(given, &rounds)) rounds = 1;
  return rounds;
}

class Nemesis {
 public:
  Nemesis(Stage& stage, Load& load, uint64_t seed)
      : suite_(stage.suite()), history_(load.history()), random_(seed) {}

  // Starts the program so that it dies when it reaches the point for the n-th time; waits for that,
  // and starts it again. Whether it got there; if not, it is killed where it is.
  bool KillAt(const std::string& program, const std::string& point) {
    // Two transactions in one batch are a matter of chance.
    const int hits = point == "mid_batch" ? 1 : Between(2, 6);
    const absl::Status started =
        suite_.Start(program, {absl::StrCat("EID_FAILPOINT=", point, ":", hits)});
    bool reached = !started.ok() && suite_.process(program).Wait() == kAsIfKilled;
    for (int looks = 0; started.ok() && !reached && looks < 40; ++looks) {
      reached = !suite_.process(program).Running();
      if (!reached) history_.AwaitAnswers(1, absl::Milliseconds(100));
    }
    if (reached) CHECK(suite_.process(program).Wait() == kAsIfKilled);
    Revive(program);
    return reached;
  }

  // Kills it after some more answers, and starts it again.
  void KillSometime(const std::string& program) {
    AwaitSome();
    suite_.Kill(program);
    Revive(program);
  }

  // Tells it to stop while calls are under way.
  void Stop(const std::string& program) {
    AwaitSome();
    const int code = suite_.Stop(program);
    INFO(program << " was told to stop; its log ends:\n"
                 << suite::TailOf(suite_.log_path(program), 600));
    CHECK(code == 0);
    Revive(program);
  }

 private:
  int Between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  void AwaitSome() {
    const bool answered = history_.AwaitAnswers(Between(1, 6), kPatience);
    INFO("nobody was answered; what clients saw:\n" << absl::StrJoin(history_.failures(), "\n"));
    REQUIRE(answered);
  }
  void Revive(const std::string& program) { REQUIRE_OK(suite_.Start(program)); }

  suite::Suite& suite_;
  History& history_;
  std::mt19937_64 random_;
};

// The end of every test of this file.
void CheckHistory(Load& load) {
  load.Finish();
  const std::vector<std::string> failures = load.history().failures();
  INFO("seed " << RandomSeed() << "; what clients saw:\n" << absl::StrJoin(failures, "\n"));
  CHECK(failures.empty());
  const std::vector<std::string> wrong = load.Discrepancies();
  INFO("what is not as it was acknowledged:\n" << absl::StrJoin(wrong, "\n"));
  CHECK(wrong.empty());
  WARN(load.history().completed().size()
       << " registrations, " << load.history().answers() << " answers");
  CHECK(load.history().completed().size() >= 5);
}

TEST_CASE("programs that are killed again and again lose nothing and do nothing twice") {
  Stage& stage = Stage::Get();
  Load load(stage, {"030185712092", "056078026466", "025193730508"}, RandomSeed());
  Nemesis nemesis(stage, load, RandomSeed() + 100);
  std::vector<std::string> unreached;
  for (int round = 0; round < Rounds(); ++round) {
    for (const std::string& program : Services()) {
      for (const char* point : {"before_write", "after_write", "mid_batch"}) {
        // The gateway keeps nothing, so it has no such points.
        if (program == "gateway") continue;
        if (!nemesis.KillAt(program, point)) {
          unreached.push_back(absl::StrCat(program, " at ", point));
        }
      }
      nemesis.KillSometime(program);
      nemesis.KillSometime(program);
    }
  }
  WARN("points not reached: " << absl::StrJoin(unreached, ", "));
  // A build without EID_FAULTS has no points; its programs were killed all the same.
  for (const std::string& point : unreached) {
    if (!fault::kEnabled) break;
    CHECK(absl::EndsWith(point, "mid_batch"));
  }
  CheckHistory(load);
}

TEST_CASE("a program that is told to stop under load ends with 0, and no call is lost") {
  Stage& stage = Stage::Get();
  Load load(stage, {"079079470511", "074076635792"}, RandomSeed() + 1000);
  Nemesis nemesis(stage, load, RandomSeed() + 200);
  for (const std::string& program : Services()) nemesis.Stop(program);
  CheckHistory(load);
}

}  // namespace
}  // namespace eid::integration
