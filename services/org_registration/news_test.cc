// SPDX-License-Identifier: Apache-2.0
// What the watches of verification and approval tell: which of it is news to a registration, and what
// the workflow does with it, whenever it comes.
#include <future>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/testing/matchers.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/steps.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using approval::v1::Case;
using eid::testing::Value;
using testing::ValidDossier;
using testing::World;
using v1::Registration;
using verification::v1::Verification;

const Moment kMoment{absl::FromUnixSeconds(1740967200)};
const Case::State kCaseStates[] = {
    Case::STATE_OPEN,     Case::STATE_CLAIMED,  Case::STATE_SUPPLEMENT_REQUESTED,
    Case::STATE_APPROVED, Case::STATE_REJECTED, Case::STATE_CLOSED};

Verification VerificationOf(const RegistrationRow& row, bool concluded) {
  Verification verification;
  verification.set_verification_id(VerificationId(row.registration()));
  verification.set_registration_id(row.registration().registration_id());
  verification.set_dossier_digest(row.registration().dossier_digest());
  verification.set_state(concluded ? Verification::STATE_CONCLUDED
                                   : Verification::STATE_IN_PROGRESS);
  return verification;
}

Verification Waiting(Verification verification, const char* registry) {
  auto& lookup = *verification.add_lookups();
  lookup.set_registry_id(registry);
  lookup.set_outcome(verification::v1::LOOKUP_OUTCOME_UNAVAILABLE);
  return verification;
}

Case CaseOf(const RegistrationRow& row, Case::State state) {
  Case c;
  c.set_case_id(row.registration().registration_id());
  c.set_submission_number(row.registration().submission_number());
  c.set_dossier_digest(row.registration().dossier_digest());
  c.set_state(state);
  c.mutable_clock()->mutable_due_time()->set_seconds(1741300000);
  return c;
}

Case OfSubmission(Case c, int number) {
  c.set_submission_number(number);
  return c;
}

// Everything that could be told of the row's submission.
std::vector<News> AllNews(const RegistrationRow& row) {
  std::vector<News> all = {VerificationOf(row, false), VerificationOf(row, true),
                           Waiting(VerificationOf(row, false), "population"),
                           Waiting(VerificationOf(row, false), "business")};
  for (const Case::State state : kCaseStates) {
    all.push_back(CaseOf(row, state));
    Case later = CaseOf(row, state);
    later.mutable_clock()->mutable_due_time()->set_seconds(1741400000);
    all.push_back(later);
  }
  return all;
}

RegistrationRow RowIn(Registration::State state) {
  RegistrationRow row = Draft("r", "account", ValidDossier(), kMoment);
  Submit(row, kMoment);
  Enter(row, state, kMoment);
  return row;
}

// Every way in which a row can wait for a peer.
std::vector<RegistrationRow> WaitingRows() {
  std::vector<RegistrationRow> rows = {RowIn(Registration::STATE_VERIFYING)};
  RegistrationRow row = rows[0];
  Apply(Waiting(VerificationOf(row, false), "population"), kMoment, row);
  rows.push_back(row);
  Apply(absl::StatusOr<Verification>(absl::UnavailableError("")), kMoment, row);
  rows.push_back(row);
  Apply(VerificationOf(row, true), kMoment, row);
  rows.push_back(row);
  Apply(absl::StatusOr<Case>(absl::UnavailableError("")), kMoment, row);
  rows.push_back(row);
  Apply(CaseOf(row, Case::STATE_OPEN), kMoment, row);
  rows.push_back(row);
  RegistrationRow closed = row;
  Apply(CaseOf(row, Case::STATE_CLOSED), kMoment, closed);
  rows.push_back(closed);
  Apply(absl::StatusOr<Case>(absl::UnavailableError("")), kMoment, row);
  rows.push_back(row);
  return rows;
}

TEST_CASE("news is what would change what people see, were it the answer to the step") {
  int news = 0, none = 0;
  for (const RegistrationRow& row : WaitingRows()) {
    const Peer asked = PeerOf(NextStep(row, kMoment.now));
    for (const News& told : AllNews(row)) {
      INFO("peer " << PeerOf(told) << ", " << row.ShortDebugString());
      RegistrationRow after = row;
      const bool expected = PeerOf(told) == asked && ApplyNews(told, kMoment, after);
      CHECK(IsNews(told, row) == expected);
      ++(expected ? news : none);
      if (!expected) continue;
      // Told again it is none, but for what the authority did before we knew of its case: one state
      // at a time.
      const Case* c = std::get_if<Case>(&told);
      const bool early = row.registration().state() == Registration::STATE_VERIFYING &&
                         c != nullptr && c->state() != Case::STATE_OPEN &&
                         c->state() != Case::STATE_CLAIMED;
      CHECK(IsNews(told, after) == early);
    }
  }
  CHECK(news > 20);
  CHECK(none > 20);
}

TEST_CASE("news of another submission or dossier is none") {
  for (const RegistrationRow& row : WaitingRows()) {
    RegistrationRow before = row, after = row, other = row;
    before.mutable_registration()->set_submission_number(0);
    after.mutable_registration()->set_submission_number(2);
    other.mutable_registration()->set_dossier_digest("other");
    for (const RegistrationRow& strange : {before, after, other}) {
      for (const News& told : AllNews(strange)) CHECK_FALSE(IsNews(told, row));
    }
  }
}

TEST_CASE("a case that was reopened with what was asked for is only open") {
  RegistrationRow row = WaitingRows()[3];
  REQUIRE(NextStep(row, kMoment.now) == Step::kEnsureCase);
  Case c = CaseOf(row, Case::STATE_OPEN);
  c.mutable_supplement_request()->add_items()->set_field("names");
  CHECK(Apply(c, kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_UNDER_REVIEW);
  CHECK(FromTimestamp(row.due_time()) > kMoment.now);
}

TEST_CASE(
    "with news of everything each peer is asked once, and nothing is written that says nothing") {
  World world;
  world.peers.concludes = false;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  const uint64_t submitted = world.db->revision();
  world.Run();
  CHECK(world.db->revision() == submitted);
  const auto tell = [&](const News& news) {
    world.workflow->Hear(news);
    world.Run();
  };
  tell(world.peers.verifications[id + ".1"]);
  CHECK(world.db->revision() == submitted);
  world.peers.Conclude(id + ".1");
  tell(world.peers.verifications[id + ".1"]);
  REQUIRE(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  // What was found, with the case.
  CHECK(world.db->revision() == submitted + 1);
  tell(world.peers.cases[id]);
  world.peers.cases[id].set_state(Case::STATE_CLAIMED);
  tell(world.peers.cases[id]);
  CHECK(world.db->revision() == submitted + 1);
  world.peers.Approve(id);
  tell(world.peers.cases[id]);
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
  // The decision; the account.
  CHECK(world.db->revision() == submitted + 3);
  CHECK(world.peers.calls == std::vector<std::string>{"EnsureVerification " + id + ".1",
                                                      "EnsureCase " + id,
                                                      "EnsureOrganization " + id});
}

TEST_CASE("what was found is written with the authority's answer, also where there is none") {
  World world;
  const std::string id = world.Bring(Registration::STATE_VERIFYING);
  world.peers.Conclude(id + ".1");
  world.workflow->Hear(world.peers.verifications[id + ".1"]);
  SECTION("the authority is away") {
    world.peers.away = {PEER_APPROVAL};
    world.Run();
    const RegistrationRow row = world.Row(id);
    CHECK(row.registration().state() == Registration::STATE_VERIFYING);
    CHECK(row.registration().verification().result() ==
          verification::v1::VERIFICATION_RESULT_MATCH);
    CHECK(row.away() == PEER_APPROVAL);
    CHECK(FromTimestamp(row.due_time()) == world.clock.TimeNow() + kFirstPause);
    world.peers.away.clear();
    world.workflow->PeerIsBack(PEER_APPROVAL);
  }
  SECTION("the authority was quicker") {
    world.peers.holds = true;
    REQUIRE(world.workflow->Look() == 1);
    world.peers.Approve(id);
    world.workflow->Hear(world.peers.cases[id]);
    world.peers.Release();
    world.Settle();
    world.Run();
    CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
    return;
  }
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  CHECK(world.Now(id).verification().verification_id() == id + ".1");
  CHECK(world.peers.made ==
        std::map<std::string, int>{{"verification " + id + ".1", 1}, {"case " + id, 1}});
}

TEST_CASE("what is late, repeated or of an earlier submission changes nothing and asks nobody") {
  const auto state = GENERATE(Registration::STATE_DRAFT, Registration::STATE_AWAITING_CONSENT,
                              Registration::STATE_VERIFYING, Registration::STATE_UNDER_REVIEW,
                              Registration::STATE_SUPPLEMENT_REQUIRED, Registration::STATE_ISSUING,
                              Registration::STATE_ISSUED, Registration::STATE_REJECTED,
                              Registration::STATE_WITHDRAWN, Registration::STATE_EXPIRED);
  World world;
  const std::string id = world.Bring(state);
  const RegistrationRow row = world.Row(id);
  INFO(Registration::State_Name(state));
  std::vector<News> told = {OfSubmission(CaseOf(row, Case::STATE_APPROVED), 7)};
  Case elsewhere = CaseOf(row, Case::STATE_APPROVED);
  elsewhere.set_case_id("of another store");
  told.push_back(elsewhere);
  for (const News& news : AllNews(row)) {
    if (!IsNews(news, row)) told.push_back(news);
  }
  const bool waits =
      state == Registration::STATE_VERIFYING || state == Registration::STATE_UNDER_REVIEW;
  CHECK((told.size() == AllNews(row).size() + 2) == !waits);
  const auto calls = world.peers.calls;
  const uint64_t revision = world.db->revision();
  for (const News& news : told) {
    world.workflow->Hear(news);
    CHECK(world.workflow->Look() == 0);
    world.Settle();
  }
  CHECK(world.db->revision() == revision);
  CHECK(world.peers.calls == calls);
}

TEST_CASE("a supplement: what is told of the submission before it moves nothing") {
  World world;
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  const Case open = world.peers.cases[id];
  const Verification first = world.peers.verifications[id + ".1"];
  world.peers.AskFor(id, {"names"});
  const Case asked = world.peers.cases[id];
  world.workflow->Hear(asked);
  world.Run();
  REQUIRE(world.Now(id).state() == Registration::STATE_SUPPLEMENT_REQUIRED);
  v1::SupplementRegistrationRequest request;
  request.set_registration_id(id);
  // Also where the dossier stays as it is.
  const bool changed = GENERATE(true, false);
  if (changed) {
    request.mutable_dossier()->mutable_names()->set_vietnamese("Công ty Sao Hôm");
    request.mutable_update_mask()->add_paths("names.vietnamese");
  }
  world.peers.concludes = false;
  REQUIRE_OK(world.Supplement(request));
  const auto tell_old = [&] {
    for (const News& news : {News(asked), News(first), News(open), News(asked)}) {
      world.workflow->Hear(news);
      world.Run();
    }
  };
  tell_old();
  CHECK(world.Now(id).state() == Registration::STATE_VERIFYING);
  CHECK(world.Now(id).verification().verification_id().empty());
  world.peers.Conclude(id + ".2");
  world.workflow->Hear(world.peers.verifications[id + ".2"]);
  world.Run();
  tell_old();
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  world.peers.Approve(id);
  world.workflow->Hear(world.peers.cases[id]);
  world.Run();
  tell_old();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
}

TEST_CASE("a case to be closed is closed, whatever is told of it meanwhile") {
  World world;
  const std::string id = world.Bring(Registration::STATE_SUPPLEMENT_REQUIRED);
  world.peers.away = {PEER_APPROVAL};
  REQUIRE_OK(world.Withdraw(id));
  world.Run();
  for (const News& news : AllNews(world.Row(id))) {
    world.workflow->Hear(news);
    CHECK(world.workflow->Look() == 0);
  }
  CHECK(world.Row(id).close_case_pending());
  world.peers.away.clear();
  world.workflow->PeerIsBack(PEER_APPROVAL);
  world.Run();
  CHECK(world.peers.cases[id].state() == Case::STATE_CLOSED);
}

TEST_CASE("news that comes before the answer of the step is written after it, without a call") {
  World world;
  world.peers.concludes = false;
  world.peers.holds = true;
  world.peers.lost_answer = GENERATE(0, 1);
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  REQUIRE(world.workflow->Look() == 1);
  world.peers.Conclude(id + ".1");
  world.workflow->Hear(world.peers.verifications[id + ".1"]);
  CHECK(world.workflow->Look() == 0);
  world.peers.Release();
  world.Settle();
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  CHECK(world.peers.calls ==
        std::vector<std::string>{"EnsureVerification " + id + ".1", "EnsureCase " + id});
}

TEST_CASE("news beyond what is kept, or of two peers at once: the peer is asked instead") {
  World world({.max_in_flight = 1});
  std::vector<std::string> ids;
  for (const char* tax_code : {"0100109106", "0312687878", "0100233488"}) {
    dossier::v1::Dossier dossier = ValidDossier();
    dossier.set_tax_code(tax_code);
    dossier.set_business_code(tax_code);
    ids.push_back(Value(world.Create(dossier)).registration_id());
    REQUIRE_OK(world.Submit(ids.back()));
  }
  world.Run();
  world.peers.calls.clear();
  SECTION("more than are kept") {
    for (const std::string& id : ids) {
      world.peers.Approve(id);
      world.workflow->Hear(world.peers.cases[id]);
    }
    world.Run();
    for (const std::string& id : ids) CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
    // The first was kept.
    CHECK(world.peers.calls.size() == 5);
  }
  SECTION("of two peers") {
    world.peers.Approve(ids[0]);
    world.workflow->Hear(world.peers.cases[ids[0]]);
    world.workflow->Hear(world.peers.verifications[ids[0] + ".1"]);
    world.Run();
    CHECK(world.Now(ids[0]).state() == Registration::STATE_ISSUED);
  }
}

TEST_CASE("news that the store does not take, or that comes too late for its row, is asked for") {
  bool refuse = false;
  World world({.before_commit = [&]() -> absl::Status {
    if (std::exchange(refuse, false)) return absl::ResourceExhaustedError("full");
    return absl::OkStatus();
  }});
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  // Long enough for the next look to be far away.
  for (int look = 0; look < 5; ++look) {
    world.clock.Advance(kLongestPause);
    world.Run();
  }
  world.peers.Approve(id);
  world.peers.calls.clear();
  SECTION("not taken") {
    refuse = true;
    world.workflow->Hear(world.peers.cases[id]);
    world.Run();
    CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
    world.clock.Advance(absl::Seconds(1));
  }
  SECTION("the row changes between the look and the commit") {
    std::promise<void> looked;
    world.db->Transact(
        [&](kv::Txn& txn) {
          looked.get_future().wait();
          RegistrationRow row = Value(Registrations().Get(txn, kv::KeyOf(id)));
          row.mutable_registration()->set_last_problem("other");
          return Publish(txn, row);
        },
        [](const absl::StatusOr<uint64_t>& revision) { CHECK(revision.ok()); });
    world.workflow->Hear(world.peers.cases[id]);
    CHECK(world.workflow->Look() == 1);
    looked.set_value();
    world.Settle();
  }
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
  CHECK(world.peers.calls ==
        std::vector<std::string>{"EnsureCase " + id, "EnsureOrganization " + id});
}

}  // namespace
}  // namespace eid::org_registration
