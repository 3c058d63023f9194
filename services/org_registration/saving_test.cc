// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/saving.h"

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "common/testing/matchers.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::Await;
using testing::Holder;
using testing::Rename;
using testing::ValidDossier;
using testing::World;
using v1::Registration;

using Counts = std::map<std::string, uint32_t>;

std::vector<RegistrationRow> AllRows(const World& world) {
  std::vector<RegistrationRow> rows;
  REQUIRE_OK(
      Registrations().Scan(*world.db->Read(), {}, [&](RegistrationRow row, absl::string_view) {
        rows.push_back(std::move(row));
        return true;
      }));
  return rows;
}

// What is open, one by one.
Counts NaiveCounts(const World& world) {
  Counts counts;
  for (const RegistrationRow& row : AllRows(world)) {
    const bool open = !IsFinal(row.registration().state());
    CHECK(row.counted() == open);
    if (open) ++counts[row.registration().applicant_account_id()];
  }
  return counts;
}

Counts StoredCounts(const World& world) {
  Counts counts;
  REQUIRE_OK(OpenCounts().Scan(*world.db->Read(), {}, [&](const OpenCountRow& row, auto) {
    counts[row.account_id()] = row.open();
    return true;
  }));
  return counts;
}

size_t CountEntries(const World& world, uint32_t index) {
  size_t count = 0;
  REQUIRE_OK(world.db->Read()->Scan(
      kv::Space::kIndexes, {.prefix = kv::internal::IndexPlace(kRegistrationTable, index)},
      [&](absl::string_view, absl::string_view) { return ++count > 0; }));
  return count;
}

// People, officers and time do what comes to their minds, much of it refused.
class Walk {
 public:
  explicit Walk(uint32_t seed) : random_(seed) {}

  void Step() {
    switch (Pick(14)) {
      case 0:
      case 1: Create(); break;
      case 2:
      case 3: Note(world.Submit(AnyOf())); break;
      case 4: Note(SubmitOf(world.stranger())); break;
      case 5: Withdraw(Pick(2) == 0 ? world.applicant() : world.stranger()); break;
      case 6: Note(world.Consent(world.co_representative(0), ConsentOf())); break;
      case 7: Note(world.Update(RenameOf())); break;
      case 8: Note(world.Supplement(AnswerOf())); break;
      case 9: Decide(); break;
      case 10: Toggle(); break;
      case 11: world.clock.Advance(absl::Hours(Pick(24 * 12))); break;
      default: world.Run(); break;
    }
    for (const RegistrationRow& row : AllRows(world)) seen.insert(row.registration().state());
  }

  // States that a registration was seen in.
  std::set<Registration::State> seen;
  int refused = 0;
  World world;

 private:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  void Note(const absl::StatusOr<Registration>& answer) {
    if (!answer.ok()) ++refused;
  }

  std::string AnyOf() {
    return ids_.empty() ? "none" : ids_[static_cast<size_t>(Pick(static_cast<int>(ids_.size())))];
  }

  void Create() {
    const Holder& holder = Pick(3) == 0 ? world.stranger() : world.applicant();
    dossier::v1::Dossier dossier =
        ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_OTHER, Pick(3) == 0 ? 1 : 0);
    dossier.set_establishment_decision(absl::StrCat("Decision ", Pick(8)));
    dossier.mutable_representative()->set_personal_id(holder.personal_id);
    if (Pick(8) == 0) dossier.set_tax_code("wrong");
    const auto created = world.Create(holder, dossier);
    if (created.ok()) ids_.push_back(created->registration_id());
    Note(created);
  }

  absl::StatusOr<Registration> SubmitOf(const Holder& holder) {
    v1::SubmitRegistrationRequest request;
    request.set_registration_id(AnyOf());
    request.set_declaration_accepted(true);
    return world.Submit(holder, request);
  }

  void Withdraw(const Holder& holder) {
    v1::WithdrawRegistrationRequest request;
    request.set_request_id(world.NewRequestId());
    request.set_registration_id(AnyOf());
    Note(Await<Registration>(
        [&](auto reply) { world.filing->Withdraw(holder.CallOf("Withdraw"), request, reply); }));
  }

  v1::ConsentToRegistrationRequest ConsentOf() {
    Registration registration;
    registration.set_registration_id(AnyOf());
    for (const RegistrationRow& row : AllRows(world)) {
      if (row.registration().registration_id() == registration.registration_id()) {
        registration = row.registration();
      }
    }
    if (registration.dossier_digest().empty()) registration.set_dossier_digest(std::string(32, 0));
    return world.ConsentRequest(world.co_representative(0), registration);
  }

  v1::UpdateRegistrationRequest RenameOf() {
    Registration registration;
    registration.set_registration_id(AnyOf());
    return Rename(registration, absl::StrCat("Name ", Pick(5)));
  }

  v1::SupplementRegistrationRequest AnswerOf() {
    v1::SupplementRegistrationRequest request;
    request.set_registration_id(AnyOf());
    return request;
  }

  // An officer decides about a case that is open.
  void Decide() {
    const std::string id = AnyOf();
    const auto found = world.peers.cases.find(id);
    if (found == world.peers.cases.end()) return;
    if (found->second.state() != approval::v1::Case::STATE_OPEN) return;
    switch (Pick(3)) {
      case 0: world.peers.Approve(id); break;
      case 1: world.peers.Reject(id); break;
      default: world.peers.AskFor(id, {"names"}); break;
    }
    world.workflow->Nudge(id);
    world.Run();
  }

  void Toggle() {
    const Peer peer = static_cast<Peer>(1 + Pick(3));
    if (world.peers.away.erase(peer) == 0) world.peers.away.insert(peer);
  }

  std::mt19937 random_;
  std::vector<std::string> ids_;
};

TEST_CASE("whatever happens, as many are counted as are open") {
  std::set<Registration::State> seen;
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    Walk walk(seed);
    for (int step = 0; step < 250; ++step) {
      CAPTURE(seed, step);
      walk.Step();
      REQUIRE(StoredCounts(walk.world) == NaiveCounts(walk.world));
    }
    seen.merge(walk.seen);
    CHECK(walk.refused > 0);
  }
  // It was a walk through every state.
  CHECK(seen.size() == static_cast<size_t>(Registration::State_ARRAYSIZE - 1));
}

TEST_CASE("who has come to an end with everything is not kept") {
  World world;
  const std::string first = Value(world.Create({})).registration_id();
  const std::string second = Value(world.Create({})).registration_id();
  CHECK(StoredCounts(world) == Counts{{"account-applicant", 2}});
  REQUIRE_OK(world.Withdraw(first));
  CHECK(StoredCounts(world) == Counts{{"account-applicant", 1}});
  REQUIRE_OK(world.Withdraw(first));
  CHECK(StoredCounts(world) == Counts{{"account-applicant", 1}});
  world.clock.Advance(absl::Hours(24 * 31));
  world.Run();
  CHECK(world.Row(second).registration().state() == Registration::STATE_EXPIRED);
  CHECK(StoredCounts(world).empty());
}

TEST_CASE("a count that is lost keeps nobody from coming to an end") {
  World world;
  const std::string id = Value(world.Create({})).registration_id();
  REQUIRE_OK(world.db->TransactAndWait(
      [](kv::Txn& txn) { return OpenCounts().Delete(txn, kv::KeyOf("account-applicant")); }));
  CHECK_OK(world.Withdraw(id));
  CHECK(StoredCounts(world).empty());
}

TEST_CASE(
    "a store of before counts what is open, and has its documents packed, after its migrations") {
  World world;
  const std::string withdrawn = Value(world.Create({})).registration_id();
  REQUIRE_OK(world.Withdraw(withdrawn));
  REQUIRE_OK(world.Create(world.stranger(), {}));
  const std::string issued = world.Bring(Registration::STATE_ISSUED);
  const std::string waiting = Value(world.Create({})).registration_id();
  REQUIRE_OK(world.Create({}));
  const Counts counts = StoredCounts(world);
  const std::vector<RegistrationRow> rows = AllRows(world);
  // As version 1 left it: nothing counted, an index of what is open, documents in the registration.
  REQUIRE_OK(world.db->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
    const kv::Table<RegistrationRow> old(RegistrationSpecOfSchema1());
    for (RegistrationRow row : rows) {
      row.clear_counted();
      RETURN_IF_ERROR(Unpack(row));
      RETURN_IF_ERROR(old.Delete(txn, kv::KeyOf(row.registration().registration_id())));
      RETURN_IF_ERROR(old.Insert(txn, row));
    }
    for (const auto& [account_id, open] : counts) {
      RETURN_IF_ERROR(OpenCounts().Delete(txn, kv::KeyOf(account_id)));
    }
    return absl::OkStatus();
  }));
  constexpr uint32_t kOpenByApplicant = 8;
  REQUIRE(CountEntries(world, kOpenByApplicant) == 3);
  const size_t by_applicant = CountEntries(world, kByApplicant);

  REQUIRE(Migrations().size() == kSchemaVersion - 1);
  for (const kv::Migration& migration : Migrations()) {
    std::string position;
    REQUIRE_OK(
        world.db->TransactAndWait([&](kv::Txn& txn) { return migration(txn, position).status(); }));
  }
  CHECK(CountEntries(world, kOpenByApplicant) == 0);
  CHECK(CountEntries(world, kByApplicant) == by_applicant);
  CHECK(StoredCounts(world) == counts);
  CHECK(StoredCounts(world) == NaiveCounts(world));
  const std::vector<RegistrationRow> after = AllRows(world);
  REQUIRE(after.size() == rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    CHECK(after[i].SerializeAsString() == rows[i].SerializeAsString());
  }
  // It goes on as if nothing had been.
  REQUIRE_OK(world.Withdraw(waiting));
  CHECK(StoredCounts(world) == NaiveCounts(world));
  CHECK(world.Now(issued).state() == Registration::STATE_ISSUED);
}

}  // namespace
}  // namespace eid::org_registration
