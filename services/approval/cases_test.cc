// SPDX-License-Identifier: Apache-2.0
#include "services/approval/cases.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/calendar/calendar.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using testing::InVietnam;
using testing::Submission;
using testing::Value;
using testing::World;

// Entries of the feed about cases.
size_t CaseChanges(World& world) {
  size_t changes = 0;
  for (const auto& entry : Value(world.database->feed().Read(0, 10'000)))
    changes += entry.topic == kCaseTopic ? 1 : 0;
  return changes;
}

TEST_CASE("the statutory clock through the service: the vectors of the law") {
  struct Row {
    const char* received;
    // Last days of the two periods.
    const char* in_database;
    const char* to_be_verified;
  };
  const std::vector<Row> rows = {
      {"2025-06-27 09:00", "2025-07-02", "2025-07-14"},
      {"2025-04-25 09:00", "2025-04-29", "2025-05-12"},
      {"2025-12-31 16:00", "2026-01-07", "2026-01-15"},
      {"2026-01-07 08:00", "2026-01-10", "2026-01-22"},
      {"2026-02-12 09:00", "2026-02-24", "2026-02-27"},
      {"2026-02-13 23:59", "2026-02-25", "2026-03-02"},
      {"2026-04-24 00:00", "2026-05-04", "2026-05-11"},
      {"2026-08-21 09:00", "2026-08-25", "2026-09-07"},
      {"2026-08-28 09:00", "2026-09-07", "2026-09-14"},
  };
  World world;
  world.clock.SetTime(InVietnam("2026-12-01 09:00"));
  int number = 0;
  for (const Row& row : rows) {
    for (const bool in_database : {true, false}) {
      const std::string id = absl::StrCat("case-", ++number);
      INFO(row.received << " " << in_database);
      v1::EnsureCaseRequest request = Submission(id, InVietnam(row.received));
      testing::SetResult(request,
                         in_database ? verification::v1::VERIFICATION_RESULT_MATCH
                                     : verification::v1::VERIFICATION_RESULT_NOT_FOUND,
                         in_database ? verification::v1::DEADLINE_CLASS_IN_DATABASE
                                     : verification::v1::DEADLINE_CLASS_TO_BE_VERIFIED);
      const v1::Clock clock = Value(world.Ensure(request)).clock();
      const absl::Time due = FromTimestamp(clock.due_time());
      const absl::CivilDay last = calendar::DayOf(due) - 1;
      CHECK(absl::FormatCivilTime(last) == (in_database ? row.in_database : row.to_be_verified));
      CHECK(due == calendar::StartOf(last + 1));
      CHECK(clock.rule_version() ==
            (in_database ? "organization.in_database@D69" : "organization.to_verify@D69"));
      CHECK(clock.calendar_complete());
      CHECK(FromTimestamp(clock.receive_time()) == InVietnam(row.received));
      CHECK(clock.mark() == v1::CLOCK_MARK_OVERDUE);
    }
  }
}

TEST_CASE("marks come with time, are told of, and change nothing else") {
  World world;  // Monday 2025-03-03 09:00
  const v1::Case opened = world.Open("case-1");
  CHECK(opened.clock().mark() == v1::CLOCK_MARK_RUNNING);
  const absl::Time warn = FromTimestamp(opened.clock().warn_time());
  const absl::Time due = FromTimestamp(opened.clock().due_time());
  CHECK(due == InVietnam("2025-03-07 00:00"));
  CHECK(warn == InVietnam("2025-03-06 00:00"));

  world.clock.SetTime(warn - absl::Nanoseconds(1));
  CHECK(world.Get("case-1").clock().mark() == v1::CLOCK_MARK_RUNNING);
  world.clock.SetTime(warn);
  CHECK(world.Get("case-1").clock().mark() == v1::CLOCK_MARK_WARNING);
  const size_t before = CaseChanges(world);
  world.Sweep();
  CHECK(CaseChanges(world) == before + 1);
  world.clock.SetTime(due - absl::Nanoseconds(1));
  world.Sweep();
  CHECK(CaseChanges(world) == before + 1);
  world.clock.SetTime(due);
  CHECK(world.Get("case-1").clock().mark() == v1::CLOCK_MARK_OVERDUE);
  world.Sweep();
  world.Sweep();
  CHECK(CaseChanges(world) == before + 2);
  // Overdue is no decision.
  const v1::Case overdue = world.Get("case-1");
  CHECK(overdue.state() == v1::Case::STATE_OPEN);
  CHECK(overdue.etag() == opened.etag());
  CHECK(Value(world.timers.Sweep()) == absl::InfiniteFuture());
}

TEST_CASE("EnsureCase: once for each submission") {
  World world;
  const v1::EnsureCaseRequest request = Submission("case-1", world.clock.TimeNow());
  const v1::Case opened = Value(world.Ensure(request));
  CHECK(opened.state() == v1::Case::STATE_OPEN);
  world.clock.Advance(absl::Minutes(1));
  CHECK(Value(world.Ensure(request)).etag() == opened.etag());
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  // As it is now, but for what the caller has.
  v1::Case brief = claimed;
  brief.clear_dossier();
  brief.clear_verification();
  CHECK(Value(world.Ensure(request)).SerializeAsString() == brief.SerializeAsString());
  CHECK(world.Get("case-1").SerializeAsString() == claimed.SerializeAsString());

  v1::EnsureCaseRequest other = request;
  testing::SetName(other, "Công ty khác");
  CHECK(absl::IsInvalidArgument(world.Ensure(other).status()));
  other = request;
  other.set_applicant_account_id("somebody");
  CHECK(absl::IsInvalidArgument(world.Ensure(other).status()));
  // A new submission of what nobody sent back.
  const auto early = world.Ensure(Submission("case-1", world.clock.TimeNow(), 2));
  CHECK(HasReason(early.status(), v1::ERROR_REASON_WRONG_STATE));
  CHECK(world.Get("case-1").etag() == claimed.etag());
  // A day before any period of law.
  const auto old = world.Ensure(Submission("case-2", InVietnam("2019-01-01 00:00")));
  CHECK(absl::IsInvalidArgument(old.status()));
}

TEST_CASE("sent back, supplemented, and the clock starts anew") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(10));
  const v1::Case sent_back = Value(world.RequestSupplement("reviewer", claimed));
  CHECK(sent_back.state() == v1::Case::STATE_SUPPLEMENT_REQUESTED);
  CHECK(sent_back.clock().mark() == v1::CLOCK_MARK_STOPPED);
  CHECK(FromTimestamp(sent_back.clock().stop_time()) == world.clock.TimeNow());
  REQUIRE(sent_back.supplement_request().items_size() == 1);
  CHECK(FromTimestamp(sent_back.supplement_request().expire_time()) ==
        world.clock.TimeNow() + absl::Hours(24 * 30));
  const auto told = world.NotificationsOf("applicant");
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind() == v1::NOTIFICATION_KIND_SUPPLEMENT_REQUESTED);
  CHECK_THAT(told[0].text().vi(), Catch::Contains("Tên tiếng Việt: Tên thiếu dấu."));
  // While it waits, no time changes it.
  CHECK(Value(world.timers.Sweep()) == absl::InfiniteFuture());

  world.clock.Advance(absl::Hours(24 * 7));
  v1::EnsureCaseRequest second = Submission("case-1", world.clock.TimeNow(), 2);
  testing::SetName(second, "Công ty cổ phần Sao Hôm Mới");
  const v1::Case reopened = Value(world.Ensure(second));
  CHECK(reopened.state() == v1::Case::STATE_OPEN);
  CHECK(reopened.submission_number() == 2);
  CHECK(reopened.reviewer_account_id().empty());
  CHECK(world.Get("case-1").dossier().names().vietnamese() == "Công ty cổ phần Sao Hôm Mới");
  CHECK(reopened.clock().mark() == v1::CLOCK_MARK_RUNNING);
  CHECK_FALSE(reopened.clock().has_stop_time());
  CHECK(FromTimestamp(reopened.clock().due_time()) == InVietnam("2025-03-14 00:00"));
  CHECK(FromTimestamp(reopened.create_time()) < world.clock.TimeNow());
  // A late repeat of the first submission finds the case as it is.
  const auto late = world.Ensure(Submission("case-1", FakeClock().TimeNow()));
  CHECK(Value(late).submission_number() == 2);
  // The first reviewer may examine it again; somebody else decides.
  const v1::Case again = Value(world.Claim("reviewer", "case-1"));
  CHECK_OK(world.Approve("approver", again));
}

TEST_CASE("closed only while it waits for the applicant") {
  World world;
  world.Open("case-1");
  CHECK(HasReason(world.Close("case-1").status(), v1::ERROR_REASON_WRONG_STATE));
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  REQUIRE_OK(world.RequestSupplement("reviewer", claimed));
  const v1::Case closed = Value(world.Close("case-1"));
  CHECK(closed.state() == v1::Case::STATE_CLOSED);
  CHECK(Value(world.Close("case-1")).etag() == closed.etag());
  CHECK(HasReason(world.Close("nothing").status(), v1::ERROR_REASON_CASE_NOT_FOUND));
}

TEST_CASE("a claim: one holder, prolonged, given back") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  CHECK(claimed.state() == v1::Case::STATE_CLAIMED);
  CHECK(FromTimestamp(claimed.lease_expire_time()) == world.clock.TimeNow() + absl::Minutes(30));
  const auto other = world.Claim("other", "case-1");
  CHECK(absl::IsAborted(other.status()));
  CHECK(HasReason(other.status(), v1::ERROR_REASON_CLAIMED_BY_OTHER));
  CHECK(HasReason(world.Release("other", "case-1").status(), v1::ERROR_REASON_CLAIMED_BY_OTHER));

  world.clock.Advance(absl::Minutes(29));
  const v1::Case prolonged = Value(world.Claim("reviewer", "case-1"));
  CHECK(FromTimestamp(prolonged.lease_expire_time()) == world.clock.TimeNow() + absl::Minutes(30));

  const v1::Case released = Value(world.Release("reviewer", "case-1"));
  CHECK(released.state() == v1::Case::STATE_OPEN);
  CHECK(released.reviewer_account_id().empty());
  CHECK(Value(world.Release("reviewer", "case-1")).etag() == released.etag());
  CHECK_OK(world.Claim("other", "case-1"));
}

TEST_CASE("a repeated claim gets its first answer") {
  World world;
  world.Open("case-1");
  const v1::Case first = Value(world.Claim("reviewer", "case-1", "same"));
  REQUIRE_OK(world.Release("reviewer", "case-1"));
  CHECK(Value(world.Claim("reviewer", "case-1", "same")).SerializeAsString() ==
        first.SerializeAsString());
  CHECK(world.Get("case-1").state() == v1::Case::STATE_OPEN);
}

TEST_CASE("a lease that is over opens the case: at once for readers, soon in the feed") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(30));
  CHECK(world.Get("case-1").state() == v1::Case::STATE_OPEN);
  CHECK(HasReason(world.RequestSupplement("reviewer", claimed).status(),
                  v1::ERROR_REASON_WRONG_STATE));
  const size_t before = CaseChanges(world);
  world.Sweep();
  CHECK(CaseChanges(world) == before + 1);
  const v1::Case swept = world.Get("case-1");
  CHECK(swept.state() == v1::Case::STATE_OPEN);
  CHECK(swept.etag() != claimed.etag());
  // Without a sweep, too, anybody may claim it.
  REQUIRE_OK(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(30));
  const v1::Case taken = Value(world.Claim("other", "case-1"));
  CHECK(taken.reviewer_account_id() == "other");
}

TEST_CASE("the timers' thread follows claims and time") {
  World world;
  world.timers.Start();
  world.Open("case-1");
  REQUIRE_OK(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(30));
  world.timers.Wake();
  CHECK(testing::Eventually([&] {
    return Value(LoadCase(*world.database->Read(), "case-1")).case_().state() ==
           v1::Case::STATE_OPEN;
  }));
}

TEST_CASE("many timers at once") {
  World world;
  for (int i = 0; i < 150; ++i) {
    const std::string id = absl::StrCat("case-", i);
    world.Open(id);
    REQUIRE_OK(world.Claim("reviewer", id));
  }
  world.clock.Advance(absl::Minutes(30));
  world.Sweep();
  v1::ListCasesRequest open;
  open.set_state(v1::Case::STATE_OPEN);
  open.set_page_size(500);
  CHECK(Value(world.List(open)).cases_size() == 150);
}

TEST_CASE("watching: every change of a case, from a token on") {
  World world;
  world.Open("case-1");
  const uint64_t after = Value(world.examination.WatchFrom(""));
  REQUIRE_OK(world.Claim("reviewer", "case-1"));
  const auto entries = Value(world.database->feed().Read(after, 10));
  REQUIRE(entries.size() == 1);
  const auto event = Value(world.examination.EventOf(entries[0], entries[0].revision));
  REQUIRE(event != nullptr);
  CHECK(event->case_().state() == v1::Case::STATE_CLAIMED);
  // Who wants the documents asks for them.
  CHECK_FALSE(event->case_().has_dossier());
  CHECK_FALSE(event->case_().has_verification());
  CHECK(Value(world.examination.WatchFrom(event->resume_token())) == entries[0].revision);
  CHECK_FALSE(world.examination.Heartbeat(after).has_case_());
  CHECK(HasReason(world.examination.WatchFrom("nonsense").status(),
                  policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
}

}  // namespace
}  // namespace eid::approval
