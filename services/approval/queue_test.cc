// SPDX-License-Identifier: Apache-2.0
#include "services/approval/queue.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using testing::InVietnam;
using testing::Submission;
using testing::Value;
using testing::World;

std::vector<std::string> IdsOf(const v1::ListCasesResponse& response) {
  std::vector<std::string> ids;
  for (const v1::Case& c : response.cases()) ids.push_back(c.case_id());
  return ids;
}

std::vector<std::string> AllIds(World& world, v1::ListCasesRequest request) {
  std::vector<std::string> ids;
  do {
    const v1::ListCasesResponse page = Value(world.List(request));
    for (const std::string& id : IdsOf(page)) ids.push_back(id);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return ids;
}

// Writes rows as a service that has run for long holds them.
void Fill(World& world, int count, v1::Case::State state, absl::Time first_due) {
  for (int from = 0; from < count; from += 500) {
    REQUIRE_OK(world.database->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
      for (int i = from; i < std::min(count, from + 500); ++i) {
        CaseRow row;
        v1::Case& c = *row.mutable_case_();
        c.set_case_id(absl::StrCat("filler-", state, "-", i));
        c.set_state(state);
        c.mutable_dossier()->set_category(dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
        *c.mutable_clock()->mutable_due_time() = ToTimestamp(first_due + absl::Minutes(i));
        *c.mutable_clock()->mutable_warn_time() = c.clock().due_time();
        if (state != v1::Case::STATE_OPEN)
          *c.mutable_clock()->mutable_stop_time() = c.clock().due_time();
        row.set_announced_mark(v1::CLOCK_MARK_OVERDUE);
        if (absl::Status put = Cases().Put(txn, row); !put.ok()) return put;
      }
      return absl::OkStatus();
    }));
  }
}

TEST_CASE("cases by due time, then by id") {
  World world;
  world.clock.SetTime(InVietnam("2025-03-07 10:00"));
  REQUIRE_OK(world.Ensure(Submission("late-b", InVietnam("2025-03-06 09:00"))));
  REQUIRE_OK(world.Ensure(Submission("late-a", InVietnam("2025-03-06 17:00"))));
  REQUIRE_OK(world.Ensure(Submission("soon", InVietnam("2025-03-03 09:00"))));
  CHECK(IdsOf(Value(world.List({}))) == std::vector<std::string>{"soon", "late-a", "late-b"});
}

TEST_CASE("pages are stable while cases are inserted") {
  World world;
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string id = absl::StrCat("case-", 100 + i);
    world.Open(id);
    expected.insert(id);
  }
  v1::ListCasesRequest request;
  request.set_state(v1::Case::STATE_OPEN);
  request.set_page_size(4);
  std::vector<std::string> seen;
  int inserted = 0;
  do {
    const v1::ListCasesResponse page = Value(world.List(request));
    CHECK(page.cases_size() <= 4);
    for (const std::string& id : IdsOf(page)) seen.push_back(id);
    request.set_page_token(page.next_page_token());
    // One before and one behind where the reader is.
    world.Open(absl::StrCat("case-000-", inserted));
    world.Open(absl::StrCat("case-999-", inserted));
    ++inserted;
  } while (!request.page_token().empty() && inserted < 50);
  std::map<std::string, int> times;
  for (const std::string& id : seen) ++times[id];
  for (const std::string& id : expected) CHECK(times[id] == 1);
  for (const auto& [id, count] : times) CHECK(count == 1);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("filters, alone and together") {
  World world;
  for (const char* id : {"a", "b", "c", "d", "e"}) world.Open(id);
  v1::EnsureCaseRequest cooperative = Submission("f", world.clock.TimeNow());
  cooperative.mutable_dossier()->set_category(dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
  testing::SetName(cooperative, "Hợp tác xã");
  REQUIRE_OK(world.Ensure(cooperative));
  REQUIRE_OK(world.Claim("anna", "b"));
  REQUIRE_OK(world.Claim("anna", "c"));
  REQUIRE_OK(world.Claim("bao", "d"));
  REQUIRE_OK(world.Approve("approver", world.Get("c")));

  const auto list = [&](const std::function<void(v1::ListCasesRequest&)>& set) {
    v1::ListCasesRequest request;
    set(request);
    return AllIds(world, request);
  };
  using Ids = std::vector<std::string>;
  using Request = v1::ListCasesRequest;
  CHECK(list([](Request&) {}) == Ids{"a", "b", "c", "d", "e", "f"});
  CHECK(list([](Request& r) { r.set_state(v1::Case::STATE_OPEN); }) == Ids{"a", "e", "f"});
  CHECK(list([](Request& r) { r.set_reviewer_account_id("anna"); }) == Ids{"b", "c"});
  CHECK(list([](Request& r) {
          r.set_reviewer_account_id("anna");
          r.set_state(v1::Case::STATE_CLAIMED);
        }) == Ids{"b"});
  CHECK(list([](Request& r) { r.set_category(dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE); }) ==
        Ids{"f"});
  CHECK(list([](Request& r) { r.set_clock_mark(v1::CLOCK_MARK_STOPPED); }) == Ids{"c"});
  CHECK(list([](Request& r) { r.set_clock_mark(v1::CLOCK_MARK_RUNNING); }).size() == 5);
  CHECK(list([](Request& r) { r.set_clock_mark(v1::CLOCK_MARK_WARNING); }).empty());
  const absl::Time due = FromTimestamp(world.Get("a").clock().due_time());
  CHECK(list([&](Request& r) { *r.mutable_due_before_time() = ToTimestamp(due); }).empty());
  CHECK(list([&](Request& r) {
          *r.mutable_due_before_time() = ToTimestamp(due + absl::Nanoseconds(1));
        }).size() == 6);
  // A lease that is over is no claim.
  world.clock.Advance(absl::Minutes(30));
  CHECK(list([](Request& r) { r.set_state(v1::Case::STATE_CLAIMED); }).empty());
  CHECK(list([](Request& r) { r.set_reviewer_account_id("bao"); }).empty());
  world.Sweep();
  CHECK(list([](Request& r) { r.set_state(v1::Case::STATE_OPEN); }) ==
        Ids{"a", "b", "d", "e", "f"});
}

TEST_CASE("by how the clock stands, as time goes by") {
  World world;
  world.clock.SetTime(InVietnam("2025-03-03 18:00"));
  REQUIRE_OK(world.Ensure(Submission("short", InVietnam("2025-03-03 09:00"))));
  v1::EnsureCaseRequest slow = Submission("long", InVietnam("2025-03-03 09:00"));
  testing::SetResult(slow, verification::v1::VERIFICATION_RESULT_NOT_FOUND,
                     verification::v1::DEADLINE_CLASS_TO_BE_VERIFIED);
  REQUIRE_OK(world.Ensure(slow));
  const auto with = [&](v1::ClockMark mark, v1::Case::State state) {
    v1::ListCasesRequest request;
    request.set_clock_mark(mark);
    request.set_state(state);
    return AllIds(world, request);
  };
  using Ids = std::vector<std::string>;
  // With the state and without: another index, the same answer.
  for (const auto state : {v1::Case::STATE_UNSPECIFIED, v1::Case::STATE_OPEN}) {
    world.clock.SetTime(InVietnam("2025-03-03 18:00"));
    CHECK(with(v1::CLOCK_MARK_RUNNING, state) == Ids{"short", "long"});
    CHECK(with(v1::CLOCK_MARK_WARNING, state).empty());
    world.clock.SetTime(InVietnam("2025-03-06 12:00"));
    CHECK(with(v1::CLOCK_MARK_WARNING, state) == Ids{"short"});
    CHECK(with(v1::CLOCK_MARK_RUNNING, state) == Ids{"long"});
    CHECK(with(v1::CLOCK_MARK_OVERDUE, state).empty());
    world.clock.SetTime(InVietnam("2025-03-07 00:00"));
    CHECK(with(v1::CLOCK_MARK_OVERDUE, state) == Ids{"short"});
    CHECK(with(v1::CLOCK_MARK_WARNING, state).empty());
    world.clock.SetTime(InVietnam("2025-05-01 00:00"));
    CHECK(with(v1::CLOCK_MARK_OVERDUE, state) == Ids{"short", "long"});
  }
}

TEST_CASE("a page costs the page: no filter of an index walks past what is not wanted") {
  World world;
  const absl::Time now = world.clock.TimeNow();
  // More than one page may look at: were one of them walked, the page would come short.
  Fill(world, static_cast<int>(kScanLimit) + 500, v1::Case::STATE_APPROVED,
       now - absl::Hours(1000));
  for (int i = 0; i < 60; ++i) world.Open(absl::StrCat("case-", i));
  for (int i = 0; i < 55; ++i) REQUIRE_OK(world.Claim("anna", absl::StrCat("case-", i)));
  v1::ListCasesRequest request;
  request.set_page_size(5);
  request.set_state(v1::Case::STATE_OPEN);
  CHECK(Value(world.List(request)).cases_size() == 5);
  request.set_state(v1::Case::STATE_CLAIMED);
  CHECK(Value(world.List(request)).cases_size() == 5);
  request.set_reviewer_account_id("anna");
  CHECK(Value(world.List(request)).cases_size() == 5);
  request.clear_state();
  CHECK(Value(world.List(request)).cases_size() == 5);
  request.clear_reviewer_account_id();
  for (const auto mark : {v1::CLOCK_MARK_RUNNING, v1::CLOCK_MARK_WARNING, v1::CLOCK_MARK_OVERDUE}) {
    world.clock.SetTime(mark == v1::CLOCK_MARK_RUNNING   ? now
                        : mark == v1::CLOCK_MARK_WARNING ? InVietnam("2025-03-06 12:00")
                                                         : InVietnam("2025-03-07 12:00"));
    request.set_clock_mark(mark);
    INFO(mark);
    CHECK(Value(world.List(request)).cases_size() == 5);
  }
}

TEST_CASE("a category costs the page, alone, with the state and with the clock") {
  World world;
  const absl::Time now = world.clock.TimeNow();
  const int many = static_cast<int>(kScanLimit) + 500;
  Fill(world, many, v1::Case::STATE_OPEN, now - absl::Hours(1000));
  Fill(world, many, v1::Case::STATE_APPROVED, now - absl::Hours(1000));
  for (int i = 0; i < 60; ++i) world.Open(absl::StrCat("case-", i));
  v1::ListCasesRequest request;
  request.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  CHECK(Value(world.List(request)).cases_size() == 50);
  request.set_state(v1::Case::STATE_OPEN);
  CHECK(Value(world.List(request)).cases_size() == 50);
  request.clear_state();
  request.set_clock_mark(v1::CLOCK_MARK_RUNNING);
  CHECK(Value(world.List(request)).cases_size() == 50);
  CHECK(AllIds(world, request).size() == 60);
}

TEST_CASE("what no index knows takes several pages, some of them short, and finds all") {
  World world;
  const absl::Time now = world.clock.TimeNow();
  Fill(world, static_cast<int>(kScanLimit) + 500, v1::Case::STATE_OPEN, now - absl::Hours(1000));
  Fill(world, 1, v1::Case::STATE_APPROVED, now);
  v1::ListCasesRequest scan;
  scan.set_clock_mark(v1::CLOCK_MARK_STOPPED);
  const v1::ListCasesResponse first = Value(world.List(scan));
  CHECK(first.cases_size() == 0);
  CHECK_FALSE(first.next_page_token().empty());
  CHECK(AllIds(world, scan).size() == 1);
}

TEST_CASE("a store of before has its cases by category, documents packed, after its migrations") {
  World world;
  world.Open("old");
  const std::string stored = Value(LoadBrief(*world.database->Read(), "old")).SerializeAsString();
  // As version 1 left it: without the entries, documents in the case.
  REQUIRE_OK(world.database->TransactAndWait([](kv::Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(CaseRow row, LoadCase(txn, "old"));
    row.clear_category();
    RETURN_IF_ERROR(Cases().Update(txn, row));
    std::vector<std::string> keys;
    for (const uint32_t index : {kByCategory, kByStateAndCategory, kByCategoryAndRunningClock}) {
      const std::string place = kv::internal::IndexPlace(kCaseTable, index);
      RETURN_IF_ERROR(txn.Scan(kv::Space::kIndexes, {.prefix = place},
                               [&](absl::string_view key, absl::string_view) {
                                 keys.emplace_back(key);
                                 return true;
                               }));
    }
    for (const std::string& key : keys) txn.Delete(kv::Space::kIndexes, key);
    return absl::OkStatus();
  }));
  v1::ListCasesRequest request;
  request.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  REQUIRE(Value(world.List(request)).cases_size() == 0);
  REQUIRE(Migrations().size() == kSchemaVersion - 1);
  for (const kv::Migration& migration : Migrations()) {
    std::string position;
    REQUIRE_OK(world.database->TransactAndWait(
        [&](kv::Txn& txn) { return migration(txn, position).status(); }));
  }
  CHECK(Value(LoadBrief(*world.database->Read(), "old")).SerializeAsString() == stored);
  CHECK(IdsOf(Value(world.List(request))) == std::vector<std::string>{"old"});
  CHECK(IdsOf(Value(world.List({}))) == std::vector<std::string>{"old"});
}

TEST_CASE("page tokens belong to their query") {
  World world;
  for (const char* id : {"a", "b", "c"}) world.Open(id);
  v1::ListCasesRequest request;
  request.set_page_size(1);
  request.set_page_token(Value(world.List(request)).next_page_token());
  request.set_page_size(2);
  CHECK(IdsOf(Value(world.List(request))) == std::vector<std::string>{"b", "c"});
  request.set_state(v1::Case::STATE_OPEN);
  CHECK(HasReason(world.List(request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  request.set_page_token("nonsense");
  CHECK(HasReason(world.List(request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  request.clear_page_token();
  request.set_page_size(-1);
  CHECK(absl::IsInvalidArgument(world.List(request).status()));
}

}  // namespace
}  // namespace eid::approval
