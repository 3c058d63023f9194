// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/documents.h"

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/testing/matchers.h"
#include "services/org_registration/steps.h"
#include "services/org_registration/store.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::World;
using v1::Registration;

TEST_CASE("a row is packed while it is stored, and has its documents before and after") {
  RegistrationRow row;
  Registration& registration = *row.mutable_registration();
  registration.set_registration_id("registration-1");
  SECTION("both") {
    registration.mutable_dossier()->set_tax_code("0100109106");
    registration.mutable_verification()->set_state(verification::v1::Verification::STATE_CONCLUDED);
  }
  SECTION("nothing is declared yet") { registration.mutable_dossier(); }
  const bool concluded = registration.has_verification();
  const std::string before = row.SerializeAsString();
  std::string stored;
  {
    const Packed packed(row);
    CHECK_FALSE(registration.has_dossier());
    CHECK_FALSE(registration.has_verification());
    CHECK(HasConcluded(row) == concluded);
    stored = row.SerializeAsString();
  }
  CHECK(row.SerializeAsString() == before);

  RegistrationRow loaded;
  REQUIRE(loaded.ParseFromString(stored));
  {
    // Written as it was loaded.
    const Packed packed(loaded);
    CHECK(loaded.SerializeAsString() == stored);
  }
  CHECK(loaded.SerializeAsString() == stored);
  REQUIRE_OK(Unpack(loaded));
  CHECK(loaded.SerializeAsString() == before);
  CHECK(HasConcluded(loaded) == concluded);
  // Once more changes nothing.
  REQUIRE_OK(Unpack(loaded));
  CHECK(loaded.SerializeAsString() == before);
}

TEST_CASE("a new document takes the place of the one that is packed") {
  RegistrationRow row;
  row.mutable_registration()->mutable_dossier()->set_tax_code("0100109106");
  {
    const Packed packed(row);
    const std::string stored = row.SerializeAsString();
    RegistrationRow loaded;
    REQUIRE(loaded.ParseFromString(stored));
    loaded.mutable_registration()->mutable_dossier()->set_tax_code("0312345678");
    const Packed again(loaded);
    RegistrationRow changed;
    REQUIRE(changed.ParseFromString(loaded.SerializeAsString()));
    REQUIRE_OK(Unpack(changed));
    CHECK(changed.registration().dossier().tax_code() == "0312345678");
  }
}

TEST_CASE("documents that cannot be read are DATA_LOSS, and nothing goes out without them") {
  World world;
  const std::string id = world.Bring(Registration::STATE_VERIFYING);
  REQUIRE_OK(world.db->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
    RegistrationRow row = Value(Registrations().Get(txn, kv::KeyOf(id)));
    row.set_dossier("\xff\xff\xff");
    return Registrations().Update(txn, row);
  }));
  CHECK(world.Get(world.applicant(), id).status().code() == absl::StatusCode::kDataLoss);
  CHECK(world.List(world.applicant(), {}).status().code() == absl::StatusCode::kDataLoss);
  CHECK(world.Withdraw(id).status().code() == absl::StatusCode::kDataLoss);
  const size_t asked = world.peers.calls.size();
  world.workflow->Nudge(id);
  world.Run();
  CHECK(world.peers.calls.size() == asked);
  const RegistrationRow spoilt = Value(Registrations().Get(*world.db->Read(), kv::KeyOf(id)));
  CHECK_FALSE(spoilt.registration().last_problem().empty());
  CHECK(FromTimestamp(spoilt.due_time()) == world.clock.TimeNow() + kLongestPause);
  // It is left alone until then, and holds up nobody.
  CHECK(world.workflow->Look() == 0);
  CHECK_OK(world.Create({}));
}

}  // namespace
}  // namespace eid::org_registration
