// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/workflow.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/identity/v1/errors.pb.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::ValidDossier;
using testing::World;
using v1::Registration;

constexpr auto kEnterprise = dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE;

TEST_CASE("from submission to account, a call for each step") {
  World world;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  world.Run();
  REQUIRE(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  CHECK(world.Now(id).due_time().seconds() > 0);
  world.peers.Approve(id);
  world.workflow->Nudge(id);
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
  CHECK(world.peers.calls == std::vector<std::string>{"EnsureVerification " + id + ".1",
                                                      "EnsureCase " + id, "EnsureCase " + id,
                                                      "EnsureOrganization " + id});
  CHECK_FALSE(world.Row(id).has_due_time());
}

TEST_CASE("a look that changes nothing is not a change") {
  World world;
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  const Registration before = world.Now(id);
  const auto news = world.db->revision();
  world.clock.Advance(absl::Minutes(5));
  world.Run();
  CHECK(world.Now(id).etag() == before.etag());
  CHECK(world.Now(id).timer().seconds() > before.timer().seconds());
  CHECK(Value(world.db->feed().Read(news, 10)).empty());
}

TEST_CASE("what is handed over is looked at once, and after a moment if that is lost") {
  World world;
  world.peers.concludes = false;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id, "the request"));
  world.Restart();
  world.Run();
  CHECK(world.peers.calls.empty());
  world.clock.Advance(kFirstPause);
  world.Run();
  CHECK(world.peers.calls.size() == 1);
  // The answer of before hands nothing over.
  REQUIRE_OK(world.Submit(id, "the request"));
  world.Run();
  CHECK(world.peers.calls.size() == 1);
}

TEST_CASE("handed over is what is complete, and what was withdrawn while there is a case") {
  using Ids = std::vector<std::string>;
  World world;
  world.Bring(Registration::STATE_WITHDRAWN);
  const std::string waiting = world.Bring(Registration::STATE_AWAITING_CONSENT);
  CHECK(world.handed_over.empty());
  const auto consent = world.ConsentRequest(world.co_representative(0), world.Now(waiting));
  REQUIRE_OK(world.Consent(world.co_representative(0), consent));
  CHECK(world.handed_over == Ids{waiting});
  REQUIRE_OK(world.Consent(world.co_representative(0), consent));
  CHECK(world.handed_over == Ids{waiting});
  world.Run();
  world.peers.AskFor(waiting, {"names"});
  world.workflow->Hear(world.peers.cases[waiting]);
  world.Run();
  REQUIRE(world.Now(waiting).state() == Registration::STATE_SUPPLEMENT_REQUIRED);
  SECTION("answered") {
    v1::SupplementRegistrationRequest request;
    request.set_registration_id(waiting);
    REQUIRE_OK(world.Supplement(request));
  }
  SECTION("withdrawn") { REQUIRE_OK(world.Withdraw(waiting)); }
  CHECK(world.handed_over == Ids{waiting, waiting});
}

TEST_CASE("an answer that says nothing before the next look is due is not written") {
  World world;
  world.peers.concludes = false;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  const RegistrationRow before = world.Row(id);
  const uint64_t revision = world.db->revision();
  world.Run();
  CHECK(world.peers.calls.size() == 1);
  CHECK(world.db->revision() == revision);
  SECTION("when due it puts the next look off") {
    world.clock.Advance(kFirstPause);
    world.Run();
    CHECK(world.peers.calls.size() == 2);
    CHECK(FromTimestamp(world.Row(id).due_time()) > world.clock.TimeNow());
    CHECK(world.Now(id).etag() == std::to_string(before.revision()));
  }
  SECTION("one that says something is") {
    world.peers.WaitForRegistry(id + ".1", "population");
    world.workflow->Nudge(id);
    world.Run();
    CHECK(absl::StrContains(world.Now(id).last_problem(), "population"));
  }
  SECTION("a peer that is away is noted") {
    world.peers.away = {PEER_VERIFICATION};
    world.workflow->Nudge(id);
    world.Run();
    CHECK(world.Row(id).away() == PEER_VERIFICATION);
  }
}

TEST_CASE("a verification that takes its time is looked at less and less often") {
  World world;
  const std::string id = world.Bring(Registration::STATE_VERIFYING);
  const auto looks = [&] {
    return std::count(world.peers.calls.begin(), world.peers.calls.end(),
                      "EnsureVerification " + id + ".1");
  };
  world.peers.WaitForRegistry(id + ".1", "population");
  for (int second = 0; second < 100; ++second) {
    world.clock.Advance(absl::Seconds(1));
    world.Run();
  }
  CHECK(looks() < 12);
  CHECK(absl::StrContains(world.Now(id).last_problem(), "population"));
  world.peers.Conclude(id + ".1");
  world.workflow->Nudge(id);
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  CHECK(world.Now(id).last_problem().empty());
}

TEST_CASE("with a peer away nothing is lost; its return moves everything at once") {
  World world;
  world.peers.away = {PEER_VERIFICATION};
  std::vector<std::string> ids;
  for (const char* tax_code : {"0100109106", "0312687878", "0100233488"}) {
    dossier::v1::Dossier dossier = ValidDossier();
    dossier.set_tax_code(tax_code);
    dossier.set_business_code(tax_code);
    ids.push_back(Value(world.Create(dossier)).registration_id());
    REQUIRE_OK(world.Submit(ids.back()));
  }
  for (int minute = 0; minute < 30; ++minute) {
    world.clock.Advance(absl::Minutes(1));
    world.Run();
  }
  for (const std::string& id : ids) {
    CHECK(world.Now(id).state() == Registration::STATE_VERIFYING);
    CHECK(world.Row(id).away() == PEER_VERIFICATION);
  }
  world.peers.away.clear();
  SECTION("told by its watch") { world.workflow->PeerIsBack(PEER_VERIFICATION); }
  SECTION("noticed by an answer to one of them") { world.workflow->Nudge(ids[1]); }
  SECTION("after a restart of ours too") {
    world.Restart();
    world.workflow->Nudge(ids[2]);
  }
  world.Run();
  for (const std::string& id : ids) {
    CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
    CHECK(world.Row(id).away() == PEER_UNSPECIFIED);
  }
}

TEST_CASE("an organization that has an account already: shown, kept, and tried slowly") {
  World world;
  world.peers.refusal = Error(absl::StatusCode::kAlreadyExists,
                              identity::v1::ERROR_REASON_ORGANIZATION_EXISTS, "exists");
  const std::string id = world.Bring(Registration::STATE_ISSUING);
  world.peers.away.clear();
  world.workflow->Nudge(id);
  world.Run();
  const Registration stuck = world.Now(id);
  CHECK(stuck.state() == Registration::STATE_ISSUING);
  CHECK(absl::StrContains(stuck.last_problem(), "ORGANIZATION_EXISTS"));
  CHECK(FromTimestamp(stuck.timer()) == world.clock.TimeNow() + kLongestPause);
  world.peers.refusal = absl::OkStatus();
  world.clock.Advance(kLongestPause);
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
}

TEST_CASE("what people leave alone expires, to the second") {
  const auto state = GENERATE(Registration::STATE_DRAFT, Registration::STATE_AWAITING_CONSENT,
                              Registration::STATE_SUPPLEMENT_REQUIRED);
  World world;
  const std::string id = world.Bring(state);
  world.clock.SetTime(FromTimestamp(world.Now(id).timer()) - absl::Seconds(1));
  world.Run();
  CHECK(world.Now(id).state() == state);
  world.clock.Advance(absl::Seconds(1));
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_EXPIRED);
  CHECK_FALSE(world.Now(id).has_timer());
  const bool has_case = state == Registration::STATE_SUPPLEMENT_REQUIRED;
  CHECK(world.peers.cases.size() == (has_case ? 1 : 0));
  if (has_case) CHECK(world.peers.cases[id].state() == approval::v1::Case::STATE_CLOSED);
  CHECK_FALSE(world.Row(id).close_case_pending());
}

TEST_CASE("a withdrawn supplement's case is closed, however long approval is away") {
  World world;
  const std::string id = world.Bring(Registration::STATE_SUPPLEMENT_REQUIRED);
  world.peers.away = {PEER_APPROVAL};
  REQUIRE_OK(world.Withdraw(id));
  world.Run();
  CHECK(world.Row(id).close_case_pending());
  world.peers.away.clear();
  world.workflow->PeerIsBack(PEER_APPROVAL);
  world.Run();
  CHECK(world.peers.cases[id].state() == approval::v1::Case::STATE_CLOSED);
  CHECK_FALSE(world.Row(id).has_due_time());
}

TEST_CASE("no more steps at once than configured, and all get their turn") {
  World world({.max_in_flight = 2});
  std::vector<std::string> ids;
  for (const char* tax_code : {"0100109106", "0312687878", "0100233488", "0100112437"}) {
    dossier::v1::Dossier dossier = ValidDossier();
    dossier.set_tax_code(tax_code);
    dossier.set_business_code(tax_code);
    ids.push_back(Value(world.Create(dossier)).registration_id());
    REQUIRE_OK(world.Submit(ids.back()));
  }
  CHECK(world.workflow->Look() == 2);
  world.Settle();
  world.Run();
  for (const std::string& id : ids) {
    CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  }
}

// Acts as everybody: consents, asks for one supplement, answers it, approves. Nobody knows of
// crashes. False when there is nothing more to do.
bool ActOnce(World& world, const std::string& id) {
  const Registration now = world.Now(id);
  switch (now.state()) {
    case Registration::STATE_AWAITING_CONSENT:
      REQUIRE_OK(world.Consent(world.co_representative(0), id));
      return true;
    case Registration::STATE_UNDER_REVIEW: {
      const auto c = world.peers.cases.find(id);
      if (c == world.peers.cases.end() || c->second.state() != approval::v1::Case::STATE_OPEN) {
        return true;
      }
      if (c->second.submission_number() == 1) {
        world.peers.AskFor(id, {"names"});
      } else {
        world.peers.Approve(id);
      }
      return true;
    }
    case Registration::STATE_SUPPLEMENT_REQUIRED: {
      v1::SupplementRegistrationRequest request;
      request.set_registration_id(id);
      request.mutable_dossier()->mutable_names()->set_vietnamese("Công ty Sao Hôm");
      request.mutable_update_mask()->add_paths("names.vietnamese");
      REQUIRE_OK(world.Supplement(request));
      return true;
    }
    case Registration::STATE_VERIFYING:
    case Registration::STATE_ISSUING: return true;
    default: return false;
  }
}

// Verifications conclude, and the watches tell of everything that there is, what is over too, and
// twice.
void TellAll(World& world) {
  for (const auto& [id, verification] : world.peers.verifications) world.peers.Conclude(id);
  for (int time = 0; time < 2; ++time) {
    for (const auto& [id, c] : world.peers.cases) world.workflow->Hear(c);
    for (const auto& [id, verification] : world.peers.verifications) {
      world.workflow->Hear(verification);
    }
    world.Run();
  }
}

void CheckOneOfEach(World& world, const std::string& id) {
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
  CHECK(world.peers.made == std::map<std::string, int>{{"verification " + id + ".1", 1},
                                                       {"verification " + id + ".2", 1},
                                                       {"case " + id, 1},
                                                       {"organization " + id, 1}});
  CHECK(world.peers.cases[id].consenting_account_ids_size() == 1);
}

TEST_CASE("a crash before any commit of the workflow: it ends as it should, once") {
  const bool told = GENERATE(false, true);
  int crash_at = 0;
  bool crashed = true;
  for (; crashed; ++crash_at) {
    crashed = false;
    int commits = 0;
    World world({.before_commit = [&]() -> absl::Status {
      if (commits++ != crash_at) return absl::OkStatus();
      crashed = true;
      return absl::AbortedError("crash");
    }});
    world.peers.concludes = !told;
    const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
    REQUIRE_OK(world.Submit(id));
    bool restarted = false;
    for (int round = 0; round < 40 && ActOnce(world, id); ++round) {
      world.Run();
      if (told) TellAll(world);
      if (crashed && !restarted) world.Restart();
      restarted = crashed;
      world.clock.Advance(absl::Minutes(5));
      world.Run();
    }
    INFO("crash before commit " << crash_at);
    CheckOneOfEach(world, id);
  }
  // At least: two verifications, two cases, a supplement, an approval, an account.
  CHECK(crash_at > 7);
}

TEST_CASE("an answer of any peer is lost: it ends as it should, once") {
  const bool told = GENERATE(false, true);
  int lost = 1;
  for (int calls = 1; lost <= calls; ++lost) {
    World world;
    world.peers.lost_answer = lost;
    world.peers.concludes = !told;
    const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
    REQUIRE_OK(world.Submit(id));
    for (int round = 0; round < 40 && ActOnce(world, id); ++round) {
      world.Run();
      if (told) TellAll(world);
      world.clock.Advance(absl::Minutes(5));
      world.Run();
    }
    INFO("the answer to call " << lost << " is lost");
    CheckOneOfEach(world, id);
    calls = static_cast<int>(world.peers.calls.size());
  }
  CHECK(lost > 7);
}

TEST_CASE("the thread moves registrations by itself, and stops") {
  World world;
  world.workflow->Start();
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  std::promise<void> reviewed;
  bool done = false;
  const kv::Subscription subscription = world.db->feed().Subscribe([&](uint64_t) {
    const auto row = Registrations().Get(*world.db->Read(), kv::KeyOf(id));
    if (done || !row.ok()) return;
    if (row->registration().state() != Registration::STATE_UNDER_REVIEW) return;
    done = true;
    reviewed.set_value();
  });
  REQUIRE_OK(world.Submit(id));
  reviewed.get_future().wait();
  world.workflow.reset();
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
}

}  // namespace
}  // namespace eid::org_registration
