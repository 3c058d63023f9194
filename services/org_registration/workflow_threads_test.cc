// SPDX-License-Identifier: Apache-2.0
// The workflow with peers that answer on threads of their own: for ThreadSanitizer too.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/committed.h"
#include "common/sync/worker_pool.h"
#include "common/testing/eventually.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/following.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/store.h"
#include "services/org_registration/workflow.h"

namespace eid::org_registration {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;

constexpr int kRegistrations = 40;

// Everything succeeds, but every fifth call finds its peer away.
class BusyPeers final : public Peers {
 public:
  void EnsureVerification(verification::v1::EnsureVerificationRequest request,
                          Done<verification::v1::Verification> done) override {
    verification::v1::Verification answer;
    answer.set_verification_id(request.verification_id());
    answer.set_dossier_digest(request.dossier_digest());
    answer.set_state(verification::v1::Verification::STATE_CONCLUDED);
    Answer(std::move(answer), std::move(done));
  }
  void EnsureCase(approval::v1::EnsureCaseRequest request, Done<approval::v1::Case> done) override {
    approval::v1::Case answer;
    answer.set_case_id(request.case_id());
    answer.set_submission_number(request.submission_number());
    answer.set_dossier_digest(request.dossier_digest());
    answer.set_state(approval::v1::Case::STATE_APPROVED);
    answer.mutable_decision()->set_outcome(approval::v1::OUTCOME_APPROVED);
    Answer(std::move(answer), std::move(done));
  }
  void CloseCase(approval::v1::CloseCaseRequest, Done<approval::v1::Case> done) override {
    Answer(approval::v1::Case(), std::move(done));
  }
  void EnsureOrganization(identity::v1::EnsureOrganizationRequest request,
                          Done<identity::v1::Organization> done) override {
    identity::v1::Organization answer;
    answer.set_organization_id(absl::StrCat("organization-of-", request.registration_id()));
    answer.set_registration_id(request.registration_id());
    Answer(std::move(answer), std::move(done));
  }

  // Calls that have no answer yet.
  int under_way() const { return under_way_; }

 private:
  template <class Message>
  void Answer(Message answer, Done<Message> done) {
    const bool away = ++calls_ % 5 == 0;
    ++under_way_;
    const auto end = [this, done](absl::StatusOr<Message> result) {
      // Before: what follows the last answer may see that there is none.
      --under_way_;
      done(std::move(result));
    };
    // A full pool is a peer that is away, too.
    if (pool_.Submit([=] {
          if (away) return end(absl::UnavailableError("away"));
          end(answer);
        })) {
      return;
    }
    end(absl::UnavailableError("away"));
  }

  std::atomic<int> calls_ = 0;
  std::atomic<int> under_way_ = 0;
  WorkerPool pool_{{.name = "peers", .threads = 3, .max_queue = 256}};
};

std::string IdOf(int i) { return absl::StrCat("registration-", i); }

// What the peers have of it in the end.
verification::v1::Verification VerificationOf(const std::string& id) {
  verification::v1::Verification verification;
  verification.set_verification_id(absl::StrCat(id, ".1"));
  verification.set_registration_id(id);
  verification.set_dossier_digest(DigestOf(dossier::v1::Dossier()));
  verification.set_state(verification::v1::Verification::STATE_CONCLUDED);
  return verification;
}

approval::v1::Case CaseOf(const std::string& id) {
  approval::v1::Case c;
  c.set_case_id(id);
  c.set_submission_number(1);
  c.set_dossier_digest(DigestOf(dossier::v1::Dossier()));
  c.set_state(approval::v1::Case::STATE_APPROVED);
  return c;
}

void Submit(kv::Database& database, int i) {
  CHECK_OK(database
               .TransactAndWait([&](kv::Txn& txn) {
                 const Moment moment{.now = txn.time()};
                 RegistrationRow row = Draft(IdOf(i), "account-1", {}, moment);
                 row.mutable_registration()->set_submission_number(1);
                 Enter(row, v1::Registration::STATE_VERIFYING, moment);
                 return Publish(txn, row);
               })
               .status());
}

int CountIssued(const kv::Database& database) {
  int issued = 0;
  CHECK_OK(Registrations().Scan(*database.Read(), {},
                                [&](const RegistrationRow& row, absl::string_view) {
                                  if (row.registration().state() == v1::Registration::STATE_ISSUED)
                                    ++issued;
                                  return true;
                                }));
  return issued;
}

TEST_CASE("registrations are issued though answers, news, nudges and commits come on all threads",
          "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  BusyPeers peers;
  Workflow workflow(*database, clock, peers, {.max_in_flight = 8});
  workflow.Start();
  std::atomic<bool> done = false;
  std::vector<std::thread> nudgers;
  for (const Peer peer : {PEER_VERIFICATION, PEER_APPROVAL, PEER_IDENTITY}) {
    nudgers.emplace_back([&, peer] {
      for (int i = 0; !done; i = (i + 1) % kRegistrations) {
        workflow.Nudge(IdOf(i));
        workflow.Hear(VerificationOf(IdOf(i)));
        workflow.Hear(CaseOf(IdOf(i)));
        workflow.PeerIsBack(peer);
        std::this_thread::yield();
      }
    });
  }
  for (int i = 0; i < kRegistrations; ++i) Submit(*database, i);
  kv::testing::WaitUntil(*database, [&] { return CountIssued(*database) == kRegistrations; });
  done = true;
  for (std::thread& nudger : nudgers) nudger.join();
}

TEST_CASE("after a commit that the store refused it goes on when the pause is over", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  BusyPeers peers;
  std::atomic<int> commits = 0;
  // Before the pause begins, since nothing else wakes the thread during it.
  Submit(*database, 0);
  Workflow workflow(*database, clock, peers, {.before_commit = [&]() -> absl::Status {
    if (++commits == 1) return absl::ResourceExhaustedError("full");
    return absl::OkStatus();
  }});
  workflow.Start();
  workflow.Nudge(IdOf(0));
  // The clock of the workflow stands still: only its own wish to look again can find the pause over.
  REQUIRE(Eventually([&] {
    clock.Advance(absl::Milliseconds(1));
    return CountIssued(*database) > 0;
  }));
  CHECK(commits > 1);
}

TEST_CASE("a workflow that ends waits for the answers that are under way", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  BusyPeers peers;
  for (int round = 0; round < 10; ++round) {
    {
      Workflow workflow(*database, clock, peers, {});
      workflow.Start();
      Submit(*database, round);
      workflow.Nudge(IdOf(round));
    }
    CHECK(peers.under_way() == 0);
  }
}

TEST_CASE("watches of several peers are followed at once", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  BusyPeers peers;
  Workflow workflow(*database, clock, peers, {});
  Following following(*database, clock, workflow);
  std::vector<std::thread> watches;
  for (const Peer peer : {PEER_VERIFICATION, PEER_APPROVAL}) {
    watches.emplace_back([&, peer] {
      for (int i = 0; i < 200; ++i) {
        const std::string id = IdOf(i % kRegistrations);
        following.OnEvent(peer == PEER_APPROVAL ? News(CaseOf(id)) : News(VerificationOf(id)),
                          absl::StrCat("token-", i));
        clock.Advance(absl::Milliseconds(200));
        if (i % 50 == 49) following.OnEnd(peer, absl::UnavailableError("away"));
        following.Token(peer);
      }
    });
  }
  for (std::thread& watch : watches) watch.join();
  CHECK(following.Token(PEER_VERIFICATION) == "token-199");
  CHECK(following.Token(PEER_APPROVAL) == "token-199");
}

}  // namespace
}  // namespace eid::org_registration
