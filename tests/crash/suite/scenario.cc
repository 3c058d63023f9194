// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/scenario.h"

#include "absl/strings/str_cat.h"

namespace eid::crash {

bool Run::NextRound() {
  if (!well() || rounds >= count || !Check(arena.KeepLoggedIn())) return false;
  ++rounds;
  return true;
}

bool Run::AwaitSome(int most) {
  if (journal().AwaitAcks(nemesis.Between(1, most), absl::Seconds(60))) return true;
  if (well()) journal().Violate(Invariant::kQuiet, "nobody was answered for a minute");
  return false;
}

void Run::Wait(absl::Duration duration) {
  constexpr int kNever = 1'000'000;
  journal().AwaitAcks(kNever, duration);
}

bool Run::Check(const absl::Status& status) {
  if (!status.ok()) journal().Violate(Invariant::kHarness, status.message());
  return status.ok();
}

const std::vector<Points>& AllPoints() {
  static const auto* const points = new std::vector<Points>{
      {"org_registration",
       {"case_closed", "organization_ensured", "case_ensured", "verification_ensured",
        "feed_followed", "feed_read", "before_write", "after_write", "before_reply", "mid_batch"}},
      {"approval",
       {"decided", "message_due", "message_sent", "feed_read", "before_write", "after_write",
        "before_reply", "mid_batch"}},
      {"identity",
       {"person_checked", "message_due", "message_sent", "before_write", "after_write",
        "before_reply", "mid_batch"}},
      {"verification",
       {"registry_answered", "feed_read", "before_write", "after_write", "before_reply",
        "mid_batch"}},
      {"gateway", {"forwarded", "answered"}},
  };
  return *points;
}

const std::vector<Scenario>& Scenarios() {
  static const auto* const scenarios = new std::vector<Scenario>{
      {.name = "kill_random",
       .what = "kill -9 of each program at a random moment",
       .run = KillRandom,
       .short_count = 1,
       .long_count = 500,
       .mutants = {{.name = "request_id_not_stored",
                    .program = "org_registration",
                    .breaks = {Invariant::kOnce, Invariant::kResolved}},
                   {.name = "away_is_sent",
                    .program = "approval",
                    .breaks = {Invariant::kReadable},
                    .says = " notifications and ",
                    .count = 6,
                    .victim = "carrier"}}},
      {.name = "kill_points",
       .what = "each service ends at each of its points",
       .run = KillPoints,
       .short_count = 1,
       .long_count = 20,
       .mutants = {{.name = "step_not_idempotent",
                    .program = "identity",
                    .breaks = {Invariant::kQuiet},
                    .says = "ORGANIZATION_EXISTS",
                    .count = 2,
                    .points = {"org_registration:organization_ensured"}},
                   {.name = "reply_before_write",
                    .program = "org_registration",
                    // Depending on what was lost: it is missing, is done again, or makes what
                    // follows impossible.
                    .breaks = {Invariant::kReadable, Invariant::kOnce, Invariant::kPath,
                               Invariant::kResolved, Invariant::kNoFailure},
                    .count = 60,
                    .points = {"org_registration:before_write"}},
                   {.name = "notice_outside_commit",
                    .program = "approval",
                    .breaks = {Invariant::kReadable},
                    .says = " notifications and ",
                    .count = 4,
                    .points = {"approval:decided"}}}},
      {.name = "peer_stopped",
       .what = "SIGSTOP of each program, and SIGCONT",
       .run = PeerStopped,
       .short_count = 1,
       .long_count = 20,
       .load = {.patience = {.attempt = absl::Milliseconds(800)}},
       .mutants = {{.name = "deadline_not_passed_on",
                    .program = "identity",
                    .breaks = {Invariant::kDeadline},
                    .says = "is left waiting"}}},
      {.name = "registry_bad",
       .what = "a registry down, slow, flapping, late and then at once",
       .run = RegistryBad,
       .short_count = 1,
       .long_count = 20,
       .mutants = {{.name = "unavailable_is_not_found",
                    .program = "verification",
                    .breaks = {Invariant::kFinding}}}},
      {.name = "sigterm",
       .what = "SIGTERM of each program under load",
       .run = Sigterm,
       .short_count = 1,
       .long_count = 100,
       .mutants = {{.name = "no_drain", .program = "identity", .breaks = {Invariant::kNoFailure}}}},
  };
  return *scenarios;
}

}  // namespace eid::crash
