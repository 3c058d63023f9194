// SPDX-License-Identifier: Apache-2.0
#include "services/approval/decide.h"

#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock/timestamp.h"
#include "common/status/enum_text.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/approval/explain.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {
namespace {

using State = v1::Case::State;

const absl::Time kNow = absl::FromUnixSeconds(1740967200);

// A case in the state, held by "reviewer", filed by "applicant" with the consent of "consenter";
// "examiner" gave it back before.
CaseRow RowIn(State state) {
  CaseRow row;
  v1::Case& c = *row.mutable_case_();
  c.set_case_id("case-1");
  c.set_file_code("G01.899-250303-0001");
  c.set_state(state);
  c.set_applicant_account_id("applicant");
  c.add_consenting_account_ids("consenter");
  *c.mutable_clock()->mutable_due_time() = ToTimestamp(kNow + absl::Hours(72));
  *c.mutable_clock()->mutable_warn_time() = ToTimestamp(kNow + absl::Hours(48));
  row.add_examiner_account_ids("examiner");
  if (state != v1::Case::STATE_OPEN) {
    c.set_reviewer_account_id("reviewer");
    row.add_examiner_account_ids("reviewer");
  }
  if (state == v1::Case::STATE_CLAIMED)
    *c.mutable_lease_expire_time() = ToTimestamp(kNow + absl::Minutes(30));
  if (state == v1::Case::STATE_SUPPLEMENT_REQUESTED) {
    *c.mutable_supplement_request()->mutable_expire_time() =
        ToTimestamp(kNow + absl::Hours(24 * 30));
  }
  if (state != v1::Case::STATE_OPEN && state != v1::Case::STATE_CLAIMED)
    StopClock(*c.mutable_clock(), kNow);
  return row;
}

Officer OfficerWith(std::string account_id, bool is_reviewer, bool is_approver) {
  return {
      .account_id = std::move(account_id), .is_reviewer = is_reviewer, .is_approver = is_approver};
}

std::string ReasonFor(Verb verb, State state, const Officer& officer) {
  return ReasonOf(May(verb, RowIn(state), officer));
}

TEST_CASE("every state and every verb") {
  const std::string no = "WRONG_STATE", other = "CLAIMED_BY_OTHER", yes;
  struct Row {
    Verb verb;
    std::string account_id;
    // OPEN, CLAIMED, SUPPLEMENT_REQUESTED, APPROVED, REJECTED, CLOSED
    std::vector<std::string> expected;
  };
  const std::vector<Row> rows = {
      {Verb::kClaim, "reviewer", {yes, yes, no, no, no, no}},
      {Verb::kClaim, "another", {yes, other, no, no, no, no}},
      {Verb::kRelease, "reviewer", {yes, yes, no, no, no, no}},
      {Verb::kRelease, "another", {yes, other, no, no, no, no}},
      {Verb::kRequestSupplement, "reviewer", {no, yes, no, no, no, no}},
      {Verb::kRequestSupplement, "another", {no, other, no, no, no, no}},
      {Verb::kApprove, "approver", {no, yes, no, no, no, no}},
      {Verb::kReject, "approver", {no, yes, no, no, no, no}},
      {Verb::kClose, "", {no, no, yes, no, no, yes}},
      {Verb::kReopen, "", {no, no, yes, no, no, no}},
  };
  const std::vector<State> states = {
      v1::Case::STATE_OPEN,     v1::Case::STATE_CLAIMED,  v1::Case::STATE_SUPPLEMENT_REQUESTED,
      v1::Case::STATE_APPROVED, v1::Case::STATE_REJECTED, v1::Case::STATE_CLOSED};
  for (const Row& row : rows) {
    for (size_t i = 0; i < states.size(); ++i) {
      INFO(static_cast<int>(row.verb)
           << " by " << row.account_id << " in " << ShortName(states[i]));
      CHECK(ReasonFor(row.verb, states[i], OfficerWith(row.account_id, true, true)) ==
            row.expected[i]);
    }
  }
}

TEST_CASE("separation of duties: every person in every role") {
  // What each person may do to a claimed case, given the roles.
  const std::string denied = "PERMISSION_DENIED", conflict = "CONFLICT_OF_INTEREST";
  const std::string other = "CLAIMED_BY_OTHER", yes;
  struct Row {
    std::string account_id;
    // With the role that the verb needs.
    std::string claim, release, supplement, decide;
  };
  const std::vector<Row> rows = {
      {"applicant", conflict, other, conflict, conflict},
      {"consenter", conflict, other, conflict, conflict},
      {"reviewer", yes, yes, yes, conflict},
      {"examiner", other, other, other, conflict},
      {"stranger", other, other, other, yes},
  };
  for (const Row& row : rows) {
    for (const bool reviewer : {false, true}) {
      for (const bool approver : {false, true}) {
        INFO(row.account_id << " reviewer " << reviewer << " approver " << approver);
        const Officer officer = OfficerWith(row.account_id, reviewer, approver);
        const auto in_claimed = [&](Verb verb) {
          return ReasonFor(verb, v1::Case::STATE_CLAIMED, officer);
        };
        CHECK(in_claimed(Verb::kClaim) == (reviewer ? row.claim : denied));
        CHECK(in_claimed(Verb::kRelease) == (reviewer ? row.release : denied));
        CHECK(in_claimed(Verb::kRequestSupplement) == (reviewer ? row.supplement : denied));
        CHECK(in_claimed(Verb::kApprove) == (approver ? row.decide : denied));
        CHECK(in_claimed(Verb::kReject) == (approver ? row.decide : denied));
        // An open case: who is a party may not even take it.
        const bool party = row.account_id == "applicant" || row.account_id == "consenter";
        CHECK(ReasonFor(Verb::kClaim, v1::Case::STATE_OPEN, officer) == (!reviewer ? denied
                                                                         : party   ? conflict
                                                                                   : yes));
      }
    }
  }
}

TEST_CASE("codes and details of what is refused") {
  const Officer approver = OfficerWith("approver", false, true);
  const absl::Status state = May(Verb::kApprove, RowIn(v1::Case::STATE_OPEN), approver);
  CHECK(absl::IsFailedPrecondition(state));
  const auto info = DetailOf<google::rpc::ErrorInfo>(state);
  REQUIRE(info.has_value());
  CHECK(info->metadata().at("state") == "OPEN");
  CHECK(info->metadata().at("allowed") == "CLAIMED");
  CHECK(DetailOf<google::rpc::PreconditionFailure>(state).has_value());
  CHECK(absl::IsAborted(
      May(Verb::kRelease, RowIn(v1::Case::STATE_CLAIMED), OfficerWith("another", true, false))));
  CHECK(absl::IsPermissionDenied(May(Verb::kClaim, RowIn(v1::Case::STATE_OPEN), approver)));
  v1::Case c;
  c.set_etag("7");
  CHECK_OK(CheckEtag(c, "7"));
  CHECK(HasReason(CheckEtag(c, "6"), policy::v1::COMMON_REASON_ETAG_MISMATCH));
}

TEST_CASE("what does not match is approved only with a note") {
  for (const auto result :
       {verification::v1::VERIFICATION_RESULT_MATCH, verification::v1::VERIFICATION_RESULT_MISMATCH,
        verification::v1::VERIFICATION_RESULT_NOT_FOUND}) {
    v1::Case c;
    c.mutable_verification()->set_result(result);
    CHECK(CheckConclusive(c, "").ok() == (result == verification::v1::VERIFICATION_RESULT_MATCH));
    CHECK_OK(CheckConclusive(c, "Đã đối chiếu bản chính."));
  }
}

TEST_CASE("a claim ends with its lease, to the instant") {
  CaseRow row = RowIn(v1::Case::STATE_CLAIMED);
  const absl::Time end = FromTimestamp(row.case_().lease_expire_time());
  CHECK(Present(row, end - absl::Nanoseconds(1)).state() == v1::Case::STATE_CLAIMED);
  const v1::Case shown = Present(row, end);
  CHECK(shown.state() == v1::Case::STATE_OPEN);
  CHECK(shown.reviewer_account_id().empty());
  CHECK_FALSE(shown.has_lease_expire_time());
  CHECK(row.case_().state() == v1::Case::STATE_CLAIMED);
  CHECK(LapseClaim(row, end));
  CHECK_FALSE(LapseClaim(row, end));
  // Who held it is remembered.
  CHECK(HasReason(
      May(Verb::kApprove, RowIn(v1::Case::STATE_CLAIMED), OfficerWith("reviewer", true, true)),
      v1::ERROR_REASON_CONFLICT_OF_INTEREST));
}

TEST_CASE("explanations: a next action in every state but the final ones, for everybody") {
  for (int number = v1::Case::State_MIN + 1; number <= v1::Case::State_MAX; ++number) {
    const auto state = static_cast<State>(number);
    for (const char* account_id : {"applicant", "reviewer", "examiner", "stranger"}) {
      for (const int roles : {0, 1, 2, 3}) {
        INFO(ShortName(state) << " " << account_id << " " << roles);
        const Officer caller = OfficerWith(account_id, (roles & 1) != 0, (roles & 2) != 0);
        const v1::CaseExplanation explanation = Explain(RowIn(state), caller, kNow);
        CHECK(explanation.state() == state);
        CHECK_FALSE(explanation.text().vi().empty());
        CHECK_FALSE(explanation.text().en().empty());
        CHECK(explanation.next_actions().empty() == IsFinal(state));
        CHECK(explanation.has_next_timer() == !IsFinal(state));
        for (const v1::NextAction& action : explanation.next_actions()) {
          INFO(action.rpc());
          CHECK(action.obstacle().vi().empty() == action.allowed());
          CHECK(action.obstacle().en().empty() == action.allowed());
        }
      }
    }
  }
}

TEST_CASE("explanations say who may act, and what time does next") {
  const Officer approver = OfficerWith("approver", false, true);
  const v1::CaseExplanation claimed = Explain(RowIn(v1::Case::STATE_CLAIMED), approver, kNow);
  std::set<std::string> allowed;
  for (const v1::NextAction& action : claimed.next_actions()) {
    if (action.allowed()) allowed.insert(action.rpc());
  }
  CHECK(allowed == std::set<std::string>{"ApproveCase", "RejectCase"});
  CHECK(FromTimestamp(claimed.next_timer()) == kNow + absl::Minutes(30));
  // When the lease is over it is a case without a holder, whatever the row says.
  const v1::CaseExplanation lapsed =
      Explain(RowIn(v1::Case::STATE_CLAIMED), approver, kNow + absl::Minutes(30));
  CHECK(lapsed.state() == v1::Case::STATE_OPEN);
  CHECK(FromTimestamp(lapsed.next_timer()) == kNow + absl::Hours(48));
  const v1::CaseExplanation overdue =
      Explain(RowIn(v1::Case::STATE_OPEN), approver, kNow + absl::Hours(72));
  CHECK_THAT(overdue.text().vi(), Catch::Contains("quá hạn"));
  CHECK_FALSE(overdue.has_next_timer());
}

}  // namespace
}  // namespace eid::approval
