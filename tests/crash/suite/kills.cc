// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/crash/suite/crowd.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

// Messages go out behind the answers: it stays away until somebody was to be told something.
constexpr char kCarrier[] = "carrier";
// How long a point may take to be reached under load.
constexpr absl::Duration kReach = absl::Seconds(25);
// So often a program is started anew that comes to its point before it listens.
constexpr int kStarts = 8;
// After so long, others are called in to make it likely.
constexpr absl::Duration kAlone = absl::Milliseconds(500);

std::vector<std::string> Victims(const Run& run) {
  if (run.mutant != nullptr) {
    return {run.mutant->victim.empty() ? run.mutant->program : run.mutant->victim};
  }
  return {"identity", "org_registration",  "verification",        "approval",
          "gateway",  "registry_business", "registry_population", kCarrier};
}

// One program on its way through its points.
struct Queue {
  std::string program;
  std::deque<std::string> points;
  absl::Time since = {};
  std::string armed = {};
};

// A registration that comes by the point.
int KindFor(const std::string& point) {
  if (point == "case_closed") return static_cast<int>(Kind::kWithdrawn);
  if (point == "organization_ensured" || point == "decided") {
    return static_cast<int>(Kind::kGranted);
  }
  return -1;
}

// Arms the next point of the queue, or starts the program for good.
absl::Status Next(Run& run, Queue& queue) {
  if (queue.points.empty()) {
    queue.armed.clear();
    return run.nemesis.Revive(queue.program);
  }
  queue.armed = queue.points.front();
  queue.points.pop_front();
  const bool rare = KindFor(queue.armed) >= 0 || queue.armed == "mid_batch";
  // A defect is looked for beyond what the program does by itself after each start.
  int n = rare ? 1 : run.nemesis.Between(1, run.mutant == nullptr ? 3 : 6);
  // What it comes to by itself is not the moment that is meant: later then.
  for (int starts = 0; starts < kStarts; ++starts, n *= 2) {
    ASSIGN_OR_RETURN(const bool listens, run.nemesis.Arm(queue.program, queue.armed, n));
    if (!listens) continue;
    queue.since = absl::Now();
    run.load.Prefer(KindFor(queue.armed));
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(queue.program, " comes to ", queue.armed, " ", n / 2,
                                             " times before it listens"));
}

// Looks after one queue. True: there is nothing left to do.
absl::StatusOr<bool> Tend(Run& run, Queue& queue) {
  if (queue.armed.empty()) return true;
  ASSIGN_OR_RETURN(const bool fallen, run.nemesis.Fallen(queue.program));
  if (fallen) {
    RETURN_IF_ERROR(Next(run, queue));
    return false;
  }
  const absl::Duration waited = absl::Now() - queue.since;
  if (waited > kReach) {
    return absl::UnavailableError(absl::StrCat(queue.program, " has not come to ", queue.armed,
                                               " within ", absl::FormatDuration(kReach)));
  }
  if (waited > kAlone && queue.armed == "mid_batch") CallIn(run.load.shared(), queue.program);
  return false;
}

// Takes the programs through their points, `at_once` of them at a time.
absl::Status GoThrough(Run& run, std::vector<Queue> queues, size_t at_once) {
  size_t begun = 0;
  std::vector<Queue*> busy;
  while (run.well()) {
    while (busy.size() < at_once && begun < queues.size()) {
      busy.push_back(&queues[begun++]);
      RETURN_IF_ERROR(Next(run, *busy.back()));
    }
    if (busy.empty()) break;
    for (size_t i = 0; i < busy.size();) {
      ASSIGN_OR_RETURN(const bool done, Tend(run, *busy[i]));
      if (done) {
        busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    run.Wait(absl::Milliseconds(20));
  }
  for (Queue* queue : busy) RETURN_IF_ERROR(run.nemesis.Kill(queue->program));
  return absl::OkStatus();
}

}  // namespace

void KillRandom(Run& run) {
  std::vector<std::string> victims = Victims(run);
  while (run.NextRound()) {
    std::shuffle(victims.begin(), victims.end(), run.nemesis.random());
    for (const std::string& program : victims) {
      if (!run.AwaitSome()) return;
      // Now and then another one with it.
      const std::string& other = victims[static_cast<size_t>(
          run.nemesis.Between(0, static_cast<int>(victims.size()) - 1))];
      const bool both = other != program && run.nemesis.Between(1, 4) == 1;
      if (both) run.nemesis.KillOnly(other);
      run.nemesis.KillOnly(program);
      if (program == kCarrier && !both && !run.AwaitSome()) return;
      if (!run.Check(run.nemesis.Revive(program))) return;
      if (both && !run.Check(run.nemesis.Revive(other))) return;
    }
  }
}

void KillPoints(Run& run) {
  while (run.NextRound()) {
    std::vector<Queue> queues;
    for (const Points& all : AllPoints()) {
      Queue queue = {.program = all.program};
      for (const std::string& point : all.points) {
        const std::string name = absl::StrCat(all.program, ":", point);
        const bool wanted = run.mutant == nullptr || std::count(run.mutant->points.begin(),
                                                                run.mutant->points.end(), name) > 0;
        if (wanted) queue.points.push_back(point);
      }
      std::shuffle(queue.points.begin(), queue.points.end(), run.nemesis.random());
      if (!queue.points.empty()) queues.push_back(std::move(queue));
    }
    if (!run.Check(GoThrough(run, std::move(queues), 2))) return;
    run.load.Prefer(-1);
    // What is lost has to be missed by somebody.
    if (run.mutant != nullptr && !run.AwaitSome(8)) return;
  }
}

}  // namespace eid::crash
