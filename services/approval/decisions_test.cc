// SPDX-License-Identifier: Apache-2.0
#include "services/approval/decisions.h"

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/decision_signature.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using testing::Submission;
using testing::Value;
using testing::World;

TEST_CASE("approved: signed, told once, clock stopped") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(5));
  const v1::Case approved = Value(world.Approve("approver", claimed));
  CHECK(approved.state() == v1::Case::STATE_APPROVED);
  CHECK(approved.reviewer_account_id() == "reviewer");
  CHECK(approved.decision().approver_account_id() == "approver");
  CHECK(approved.clock().mark() == v1::CLOCK_MARK_STOPPED);
  CHECK(FromTimestamp(approved.clock().stop_time()) == world.clock.TimeNow());
  CHECK_FALSE(approved.has_lease_expire_time());
  CHECK(approved.etag() != claimed.etag());
  CHECK(world.Get("case-1").SerializeAsString() == approved.SerializeAsString());
  CHECK_OK(VerifyDecision(approved, world.key.Public()));

  const auto told = world.NotificationsOf("applicant");
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind() == v1::NOTIFICATION_KIND_APPROVED);
  CHECK(told[0].case_id() == "case-1");
  CHECK_THAT(told[0].text().vi(), Catch::Contains("7 ngày"));
}

TEST_CASE("refused: with the reason in words, in both languages") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  const v1::Case refused =
      Value(world.Reject("approver", claimed, v1::REFUSAL_REASON_REPRESENTATIVE_MISMATCH));
  CHECK(refused.state() == v1::Case::STATE_REJECTED);
  CHECK_THAT(refused.decision().refusal_text().vi(), Catch::Contains("người đại diện"));
  CHECK_THAT(refused.decision().refusal_text().en(), Catch::Contains("representative"));
  CHECK_OK(VerifyDecision(refused, world.key.Public()));
  const auto told = world.NotificationsOf("applicant");
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind() == v1::NOTIFICATION_KIND_REJECTED);
  CHECK_THAT(told[0].text().vi(), Catch::Contains("Giám đốc đã thay đổi"));
}

TEST_CASE("the signature covers what it says: any change is found") {
  World world;
  world.Open("case-1");
  const v1::Case approved =
      Value(world.Approve("approver", Value(world.Claim("reviewer", "case-1"))));
  REQUIRE_OK(VerifyDecision(approved, world.key.Public()));
  const std::vector<std::function<void(v1::Case&)>> changes = {
      [](v1::Case& c) { c.set_case_id("case-2"); },
      [](v1::Case& c) { c.set_submission_number(2); },
      [](v1::Case& c) { c.set_dossier_digest(std::string(32, 'x')); },
      [](v1::Case& c) {
        c.mutable_verification()->mutable_lookups(0)->mutable_receipt()->set_response_digest("x");
      },
      [](v1::Case& c) { c.mutable_verification()->mutable_lookups()->SwapElements(0, 1); },
      [](v1::Case& c) { c.mutable_verification()->mutable_lookups()->RemoveLast(); },
      [](v1::Case& c) { c.mutable_verification()->set_rule_version("rules-2"); },
      [](v1::Case& c) { c.mutable_clock()->set_rule_version("organization.to_verify@D69"); },
      [](v1::Case& c) { c.set_reviewer_account_id("other"); },
      [](v1::Case& c) { c.mutable_decision()->set_outcome(v1::OUTCOME_REJECTED); },
      [](v1::Case& c) {
        c.mutable_decision()->set_refusal_reason(v1::REFUSAL_REASON_NOT_ELIGIBLE);
      },
      [](v1::Case& c) { c.mutable_decision()->set_approver_account_id("other"); },
      [](v1::Case& c) { c.mutable_decision()->mutable_decide_time()->set_seconds(1); },
      [](v1::Case& c) { c.mutable_decision()->mutable_statement()->back() ^= 1; },
      [](v1::Case& c) { c.mutable_decision()->mutable_signature()->front() ^= 1; },
      [](v1::Case& c) { c.mutable_decision()->set_key_id("other"); },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    INFO(i);
    v1::Case changed = approved;
    changes[i](changed);
    CHECK_FALSE(VerifyDecision(changed, world.key.Public()).ok());
  }
  const auto other_key = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
  CHECK_FALSE(VerifyDecision(approved, other_key.Public()).ok());
  // Exactly the contract's bytes.
  CHECK(world.key.Public().Verify(
      absl::StrCat("eid-decision-v1", std::string(1, '\0'), approved.decision().statement()),
      approved.decision().signature()));
}

TEST_CASE("deciding at once: exactly one wins", "[race]") {
  for (int round = 0; round < 20; ++round) {
    World world;
    world.Open("case-1");
    const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
    std::vector<std::future<absl::StatusOr<v1::Case>>> deciders;
    for (int i = 0; i < 4; ++i) {
      deciders.push_back(std::async(std::launch::async, [&, i] {
        const std::string approver = absl::StrCat("approver-", i);
        return i % 2 == 0 ? world.Approve(approver, claimed)
                          : world.Reject(approver, claimed, v1::REFUSAL_REASON_NOT_ELIGIBLE);
      }));
    }
    int won = 0;
    for (auto& decider : deciders) {
      const absl::StatusOr<v1::Case> result = decider.get();
      if (result.ok()) {
        ++won;
        CHECK_OK(VerifyDecision(*result, world.key.Public()));
      } else {
        const bool lost = HasReason(result.status(), policy::v1::COMMON_REASON_ETAG_MISMATCH) ||
                          HasReason(result.status(), v1::ERROR_REASON_WRONG_STATE);
        CHECK(lost);
      }
    }
    CHECK(won == 1);
    CHECK(world.NotificationsOf("applicant").size() == 1);
    CHECK_OK(VerifyDecision(world.Get("case-1"), world.key.Public()));
  }
}

TEST_CASE("what is decided is what was seen") {
  World world;
  world.Open("case-1");
  const v1::Case seen = Value(world.Claim("reviewer", "case-1"));
  const v1::Case prolonged = Value(world.Claim("reviewer", "case-1"));
  CHECK(prolonged.etag() != seen.etag());
  const auto stale = world.Approve("approver", seen);
  CHECK(absl::IsAborted(stale.status()));
  CHECK(HasReason(stale.status(), policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK_OK(world.Approve("approver", prolonged));
}

TEST_CASE("a decision needs a claim that is alive") {
  World world;
  const v1::Case open = world.Open("case-1");
  CHECK(HasReason(world.Approve("approver", open).status(), v1::ERROR_REASON_WRONG_STATE));
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  world.clock.Advance(absl::Minutes(30));
  CHECK(HasReason(world.Approve("approver", claimed).status(), v1::ERROR_REASON_WRONG_STATE));
  CHECK(world.NotificationsOf("applicant").empty());
}

TEST_CASE("who examined it, even long ago, does not decide it") {
  World world;
  world.Open("case-1");
  REQUIRE_OK(world.Claim("early", "case-1"));
  REQUIRE_OK(world.Release("early", "case-1"));
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  for (const char* account : {"early", "reviewer", "applicant", "consenter"}) {
    INFO(account);
    CHECK(
        HasReason(world.Approve(account, claimed).status(), v1::ERROR_REASON_CONFLICT_OF_INTEREST));
    CHECK(HasReason(world.Reject(account, claimed, v1::REFUSAL_REASON_NOT_ELIGIBLE).status(),
                    v1::ERROR_REASON_CONFLICT_OF_INTEREST));
  }
  CHECK_OK(world.Approve("approver", claimed));
}

TEST_CASE("a mismatch is approved with a note alone") {
  World world;
  v1::EnsureCaseRequest request = Submission("case-1", world.clock.TimeNow());
  testing::SetResult(request, verification::v1::VERIFICATION_RESULT_MISMATCH,
                     verification::v1::DEADLINE_CLASS_IN_DATABASE);
  REQUIRE_OK(world.Ensure(request));
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  const auto silent = world.Approve("approver", claimed);
  CHECK(absl::IsFailedPrecondition(silent.status()));
  CHECK(HasReason(silent.status(), v1::ERROR_REASON_VERIFICATION_NOT_CONCLUSIVE));
  const v1::Case approved = Value(world.Approve("approver", claimed, "Đã xem bản chính."));
  CHECK(approved.decision().note() == "Đã xem bản chính.");
}

TEST_CASE("a repeated request gets its first answer, whatever has become of the case") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  const v1::Case first = Value(world.Approve("approver", claimed, "", "same"));
  world.clock.Advance(absl::Hours(1));
  const v1::Case again = Value(world.Approve("approver", claimed, "", "same"));
  CHECK(again.SerializeAsString() == first.SerializeAsString());
  CHECK(world.NotificationsOf("applicant").size() == 1);
  // The same id for something else is a mistake.
  const auto reused = world.Approve("approver", claimed, "other", "same");
  CHECK(HasReason(reused.status(), policy::v1::COMMON_REASON_REQUEST_ID_REUSED));
}

TEST_CASE("validate_only checks, and changes nothing") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  v1::ApproveCaseRequest request;
  request.set_case_id("case-1");
  request.set_etag(claimed.etag());
  request.set_validate_only(true);
  const auto check = [&](const std::string& approver) {
    return testing::Wait<v1::Case>([&](CaseReply reply) {
      world.decisions.Approve(testing::Approver(approver), request, std::move(reply));
    });
  };
  CHECK(Value(check("approver")).state() == v1::Case::STATE_CLAIMED);
  CHECK(HasReason(check("reviewer").status(), v1::ERROR_REASON_CONFLICT_OF_INTEREST));
  request.set_etag("0");
  CHECK(HasReason(check("approver").status(), policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK(world.Get("case-1").etag() == claimed.etag());
  CHECK(world.NotificationsOf("applicant").empty());
}

TEST_CASE("no such case") {
  World world;
  v1::Case nothing;
  nothing.set_case_id("nothing");
  nothing.set_etag("1");
  const auto missing = world.Approve("approver", nothing);
  CHECK(absl::IsNotFound(missing.status()));
  CHECK(HasReason(missing.status(), v1::ERROR_REASON_CASE_NOT_FOUND));
}

}  // namespace
}  // namespace eid::approval
