// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "tests/crash/suite/probe.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

// How long a program is held: longer than the attempts of the load's clients.
constexpr absl::Duration kHeld = absl::Milliseconds(1200);
// What a client waits at most for somebody to be enrolled.
constexpr absl::Duration kEnrolment = absl::Milliseconds(1500);
// So often a call is made before the way to it must be open again.
constexpr int kOpening = 100;
// Calls are with the registry within this.
constexpr absl::Duration kOnTheWay = absl::Seconds(5);
// What a slow call may take.
constexpr absl::Duration kUnderWay = absl::Seconds(8);
// So slow is the population database while programs are told to stop.
constexpr absl::Duration kSlow = absl::Milliseconds(700);

std::vector<suite::PersonData> NewPeople(Run& run, int count) {
  std::vector<suite::PersonData> people;
  for (int i = 0; i < count; ++i) {
    const absl::StatusOr<suite::PersonData> data = run.arena.NewPerson();
    if (run.Check(data.status())) people.push_back(*data);
  }
  return people;
}

// Waits until somebody is enrolled at the first attempt: every program on the way has found the next
// one again.
void OpenTheWay(Run& run) {
  Probe probe(run);
  for (int tries = 0; run.well(); ++tries) {
    // Somebody else each time: an enrolment that nobody answered may have been made.
    for (const suite::PersonData& person : NewPeople(run, 1)) {
      if (probe.Enrol(person, kEnrolment).ok()) return;
    }
    if (tries > kOpening) run.journal().Violate(Invariant::kQuiet, "nobody can be enrolled");
    run.Wait(absl::Milliseconds(100));
  }
}

// A registry that is held: whoever waits for it is told so by a service, in time, and not by his own
// clock.
void CheckDeadlineIsPassedOn(Run& run) {
  OpenTheWay(run);
  Probe probe(run);
  const std::vector<suite::PersonData> people = NewPeople(run, 3);
  run.nemesis.Freeze("registry_population");
  int told = 0;
  int timed_out = 0;
  std::string answers;
  for (const suite::PersonData& person : people) {
    const absl::Status status = probe.Enrol(person, kEnrolment);
    // A service gives a reason; the client's own clock has none.
    if (!status.ok() && !ReasonOf(status).empty()) ++told;
    if (absl::IsDeadlineExceeded(status) && ReasonOf(status).empty()) ++timed_out;
    absl::StrAppend(&answers, " ", absl::StatusCodeToString(status.code()), " ", ReasonOf(status));
  }
  run.nemesis.Thaw("registry_population");
  // One may be late by chance.
  if (told >= 2) return;
  run.journal().Violate(
      Invariant::kDeadline,
      absl::StrCat("who waits for a registry that does not answer ",
                   timed_out >= 2 ? "is left waiting:" : "is not told so:", answers));
}

// Holds programs while the others are used; of services, one.
void Hold(Run& run, const std::vector<std::string>& programs) {
  const std::string& program = programs.front();
  if (!run.Check(run.arena.KeepLoggedIn())) return;
  Probe probe(run);
  for (const std::string& each : programs) run.nemesis.Freeze(each);
  const absl::Time until =
      absl::Now() + (run.is_long ? absl::Milliseconds(run.nemesis.Between(1200, 6000)) : kHeld);
  while (absl::Now() < until && run.well()) {
    probe.AskAllBut(program);
    run.Wait(absl::Milliseconds(50));
  }
  for (const std::string& each : programs) run.nemesis.Thaw(each);
  run.nemesis.tally().notes.push_back(
      absl::StrCat(absl::StrJoin(programs, ", "), " held: others answered ", probe.answered(),
                   " calls, the slowest in ", absl::ToInt64Milliseconds(probe.slowest()), " ms"));
  // All goes on.
  run.AwaitSome();
}

void MustBeAnswered(Run& run, const absl::Status& status) {
  if (status.ok()) return;
  run.journal().Violate(
      Invariant::kNoFailure,
      absl::StrCat("a call that was under way was dropped: ",
                   absl::StatusCodeToString(status.code()), " ", ReasonOf(status)));
}

// People who are being enrolled when a program is told to stop.
class UnderWay {
 public:
  UnderWay(Run& run, int count) : run_(run) {
    const absl::StatusOr<int64_t> before = run.arena.world().outside().Calls(kRegistry);
    for (const suite::PersonData& person : NewPeople(run, count)) {
      threads_.emplace_back([this, person] {
        Probe probe(run_);
        MustBeAnswered(run_, probe.Enrol(person, kUnderWay));
      });
    }
    // Until they are with the registry.
    const absl::Time give_up = absl::Now() + kOnTheWay;
    while (run.Check(before.status()) && run.well()) {
      const absl::StatusOr<int64_t> now = run.arena.world().outside().Calls(kRegistry);
      if (run.Check(now.status()) && *now >= *before + count) break;
      if (absl::Now() > give_up) {
        run.Check(absl::UnavailableError("calls did not come as far as the registry"));
      }
      run.Wait(absl::Milliseconds(10));
    }
    // The load asks that registry too, so these may have been other calls.
    run.Wait(kSlow / 2);
  }
  ~UnderWay() {
    for (std::thread& thread : threads_) thread.join();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  static constexpr char kRegistry[] = "registry_population";

 private:
  Run& run_;
  std::vector<std::thread> threads_;
};

void Stop(Run& run, const std::string& program, const std::function<void()>& meanwhile = nullptr) {
  const absl::Time begin = absl::Now();
  const int code = run.nemesis.Terminate(program, meanwhile);
  const absl::Duration took = absl::Now() - begin;
  if (code != 0 || took > kGrace) {
    run.journal().Violate(
        Invariant::kNoFailure,
        absl::StrCat(program, " ended with ", code, " after ", absl::FormatDuration(took),
                     "; its log ends:\n", suite::TailOf(run.arena.suite().log_path(program), 600)));
  }
}

// Told to stop while slow calls are under way through it: they are answered all the same.
void StopWhileUsed(Run& run, const std::string& program) {
  OpenTheWay(run);
  {
    const UnderWay calls(run, 2);
    Stop(run, program);
    // Nobody takes its place until they have been answered: no repeat can help them.
  }
  run.Check(run.nemesis.Revive(program));
  run.AwaitSome();
}

// org_registration, told to stop while a submission waits for identity, which comes back after that.
void StopWhileSubmitting(Run& run) {
  OpenTheWay(run);
  Probe probe(run);
  const absl::StatusOr<Registration> draft = probe.Draft();
  if (!run.Check(draft.status())) return;
  run.nemesis.Freeze("identity");
  absl::StatusOr<Registration> submitted = absl::UnknownError("");
  std::thread client([&] {
    submitted = probe.Submit(*draft, kUnderWay);
    MustBeAnswered(run, submitted.status());
  });
  // Long enough to have come as far as identity.
  run.Wait(absl::Milliseconds(200));
  Stop(run, "org_registration", [&] {
    run.Wait(absl::Milliseconds(100));
    run.nemesis.Thaw("identity");
  });
  client.join();
  if (!run.Check(run.nemesis.Revive("org_registration"))) return;
  if (submitted.ok()) probe.LookFor(*submitted);
  run.AwaitSome();
}

}  // namespace

void PeerStopped(Run& run) {
  if (run.mutant != nullptr) {
    if (run.NextRound()) CheckDeadlineIsPassedOn(run);
    return;
  }
  while (run.NextRound()) {
    std::vector<std::vector<std::string>> groups = {{"identity"},
                                                    {"org_registration"},
                                                    {"verification"},
                                                    {"approval"},
                                                    {"gateway"},
                                                    {"registry_business", "registry_population"},
                                                    {"carrier", "registry_special"}};
    std::shuffle(groups.begin(), groups.end(), run.nemesis.random());
    for (const std::vector<std::string>& programs : groups) {
      if (run.well()) Hold(run, programs);
    }
    if (run.well()) CheckDeadlineIsPassedOn(run);
  }
}

void Sigterm(Run& run) {
  const std::vector<std::string> on_the_way = {"gateway", "identity", "verification"};
  suite::Outside& outside = run.arena.world().outside();
  run.journal().SetPlanned();
  while (run.NextRound()) {
    std::vector<std::string> programs = run.mutant != nullptr
                                            ? std::vector<std::string>{run.mutant->program}
                                            : suite::ProgramNames();
    std::shuffle(programs.begin(), programs.end(), run.nemesis.random());
    for (const std::string& program : programs) {
      if (!run.well() || !run.AwaitSome(3)) break;
      if (std::count(on_the_way.begin(), on_the_way.end(), program) > 0) {
        run.Check(outside.Behave(UnderWay::kRegistry, simulator::v1::Behavior::MODE_SLOW, kSlow));
        StopWhileUsed(run, program);
        run.Check(outside.Behave(UnderWay::kRegistry, simulator::v1::Behavior::MODE_NORMAL));
      } else if (program == "org_registration") {
        StopWhileSubmitting(run);
      } else {
        Stop(run, program);
        run.Check(run.nemesis.Revive(program));
        run.AwaitSome(3);
      }
    }
  }
}

}  // namespace eid::crash
