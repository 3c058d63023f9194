// SPDX-License-Identifier: Apache-2.0
#include "services/identity/organizations.h"

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/store.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

using rpc::testing::CallOfHolder;
using rpc::testing::CallOfOfficer;
using v1::Organization;

const char kTaxCode[] = "0100109106";

struct World : Harness {
  Person an = NewPerson("001190123456");
  Person binh = NewPerson("001190123457");

  absl::StatusOr<Organization> Get(const rpc::Call& call, const std::string& id) {
    v1::GetOrganizationRequest request;
    request.set_organization_id(id);
    return Await<Organization>(
        [&](auto reply) { service().organizations().Get(call, request, std::move(reply)); });
  }
  absl::StatusOr<v1::ListOrganizationsResponse> List(const rpc::Call& call,
                                                     const v1::ListOrganizationsRequest& request) {
    return Await<v1::ListOrganizationsResponse>(
        [&](auto reply) { service().organizations().List(call, request, std::move(reply)); });
  }
};

TEST_CASE("an approved registration gets one account, however often it asks") {
  World world;
  auto request = world.Grant("r-1", kTaxCode, world.an);
  request.add_co_representative_account_ids(world.binh.account_id);
  const Organization first = Value(world.Ensure(request));
  CHECK(first.state() == Organization::STATE_GRANTED);
  CHECK(first.organization_number() == "000000000001");
  CHECK(first.registration_id() == "r-1");
  CHECK(first.representative_account_ids_size() == 2);
  CHECK(first.representative_account_ids(0) == world.an.account_id);
  CHECK(first.dossier().tax_code() == kTaxCode);
  CHECK(Value(world.Ensure(request)).SerializeAsString() == first.SerializeAsString());
  // As it is now, not as it was.
  REQUIRE_OK(world.ActivateOrganization(world.binh, first.organization_id()));
  CHECK(Value(world.Ensure(request)).state() == Organization::STATE_ACTIVE);
}

TEST_CASE("an organization has one account, and numbers go up without a hole") {
  World world;
  const Organization first = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an)));
  const absl::Status taken = world.Ensure(world.Grant("r-2", kTaxCode, world.binh)).status();
  CHECK(taken.code() == absl::StatusCode::kAlreadyExists);
  CHECK(HasReason(taken, v1::ERROR_REASON_ORGANIZATION_EXISTS));
  CHECK(DetailOf<google::rpc::ErrorInfo>(taken)->metadata().at("organization_id") ==
        first.organization_id());
  const Organization second = Value(world.Ensure(world.Grant("r-2", "0100233488", world.an)));
  CHECK(second.organization_number() == "000000000002");
}

TEST_CASE("each identity that a dossier declares is the organization's alone") {
  World world;
  auto request = world.Grant("r-1", kTaxCode, world.an);
  request.mutable_dossier()->set_agency_code("G01.899");
  request.mutable_dossier()->set_establishment_decision("12/QĐ-UBND");
  REQUIRE_OK(world.Ensure(request));
  auto other = world.Grant("r-2", "", world.binh);
  SECTION("tax code") { other.mutable_dossier()->set_tax_code(kTaxCode); }
  SECTION("agency code, left out of nothing else") {
    other.mutable_dossier()->set_tax_code("0100233488");
    other.mutable_dossier()->set_agency_code("G01.899");
  }
  SECTION("name and decision, the codes left out") {
    other.mutable_dossier()->mutable_names()->set_vietnamese("CÔNG TY CỔ PHẦN SAO MAI");
    other.mutable_dossier()->set_establishment_decision("12/QĐ-UBND");
  }
  CHECK(HasReason(world.Ensure(other).status(), v1::ERROR_REASON_ORGANIZATION_EXISTS));
}

TEST_CASE("who is named twice represents once") {
  World world;
  auto request = world.Grant("r-1", kTaxCode, world.an);
  for (const Person* person : {&world.binh, &world.an, &world.binh}) {
    request.add_co_representative_account_ids(person->account_id);
  }
  const Organization granted = Value(world.Ensure(request));
  REQUIRE(granted.representative_account_ids_size() == 2);
  CHECK(granted.representative_account_ids(0) == world.an.account_id);
  CHECK(granted.representative_account_ids(1) == world.binh.account_id);
}

TEST_CASE("an officer opens the window of an organization anew") {
  World world;
  const Organization granted = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an)));
  const std::string& id = granted.organization_id();
  CHECK(HasReason(world.Reopen("never").status(), v1::ERROR_REASON_ORGANIZATION_NOT_FOUND));
  CHECK(Value(world.Reopen(id)).SerializeAsString() == granted.SerializeAsString());
  world.clock.SetTime(FromTimestamp(granted.activation_expire_time()));
  const bool swept = GENERATE(false, true);
  if (swept) REQUIRE_OK(world.service().upkeep().RunOnce());
  const Organization open = Value(world.Reopen(id));
  CHECK(open.state() == Organization::STATE_GRANTED);
  CHECK(open.organization_number() == granted.organization_number());
  CHECK(FromTimestamp(open.activation_expire_time()) - world.clock.TimeNow() > absl::Hours(24 * 7));
  CHECK(open.etag() != granted.etag());
  REQUIRE_OK(world.service().upkeep().RunOnce());
  CHECK_OK(world.ActivateOrganization(world.an, id));
  const absl::Status active = world.Reopen(id).status();
  CHECK(active.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(HasReason(active, v1::ERROR_REASON_ALREADY_ACTIVE));
}

TEST_CASE("a grant names accounts that exist") {
  World world;
  auto request = world.Grant("r-1", kTaxCode, Person{.account_id = "nobody"});
  request.add_co_representative_account_ids(world.an.account_id);
  request.add_co_representative_account_ids("nobody-else");
  const absl::Status status = world.Ensure(request).status();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(DetailOf<google::rpc::BadRequest>(status)->field_violations_size() == 2);
  CHECK(Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an))).organization_number() ==
        "000000000001");
}

TEST_CASE("a representative activates within the window; again changes nothing") {
  World world;
  const Organization granted = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an)));
  const std::string& id = granted.organization_id();
  CHECK(HasReason(world.ActivateOrganization(world.binh, id).status(),
                  v1::ERROR_REASON_ORGANIZATION_NOT_FOUND));
  CHECK(HasReason(world.ActivateOrganization(world.an, id, "stale").status(),
                  policy::v1::COMMON_REASON_ETAG_MISMATCH));
  const Organization active = Value(world.ActivateOrganization(world.an, id, granted.etag()));
  CHECK(active.state() == Organization::STATE_ACTIVE);
  CHECK(active.etag() != granted.etag());
  CHECK(FromTimestamp(active.activate_time()) == world.clock.TimeNow());
  CHECK(Value(world.ActivateOrganization(world.an, id)).SerializeAsString() ==
        active.SerializeAsString());
  // Once active, the window is no more.
  world.clock.SetTime(FromTimestamp(granted.activation_expire_time()));
  CHECK(Value(world.ActivateOrganization(world.an, id)).state() == Organization::STATE_ACTIVE);
}

TEST_CASE("after the window an organization cannot be activated, and says why") {
  World world;
  const Organization granted = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an)));
  const rpc::Call own = CallOfHolder(world.an.account_id);
  world.clock.SetTime(FromTimestamp(granted.activation_expire_time()));
  const bool swept = GENERATE(false, true);
  if (swept) REQUIRE_OK(world.service().upkeep().RunOnce());
  CHECK(Value(world.Get(own, granted.organization_id())).state() ==
        Organization::STATE_ACTIVATION_EXPIRED);
  CHECK(HasReason(world.ActivateOrganization(world.an, granted.organization_id()).status(),
                  v1::ERROR_REASON_ACTIVATION_EXPIRED));
  v1::ListOrganizationsRequest list;
  list.set_state(Organization::STATE_GRANTED);
  CHECK(Value(world.List(own, list)).organizations().empty());
  list.set_state(Organization::STATE_ACTIVATION_EXPIRED);
  CHECK(Value(world.List(own, list)).organizations_size() == (swept ? 1 : 0));
}

TEST_CASE("a locked organization is not activated") {
  World world;
  const auto id = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an))).organization_id();
  world.Change([&](kv::Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(auto row, FindOrganization(txn, id));
    row->mutable_organization()->set_state(Organization::STATE_LOCKED);
    return PutOrganization(txn, *row);
  });
  CHECK(HasReason(world.ActivateOrganization(world.an, id).status(),
                  v1::ERROR_REASON_ORGANIZATION_LOCKED));
  CHECK(HasReason(world.Reopen(id).status(), v1::ERROR_REASON_ORGANIZATION_LOCKED));
}

TEST_CASE("representatives see theirs, officers all, others nothing") {
  World world;
  const auto first = Value(world.Ensure(world.Grant("r-1", kTaxCode, world.an)));
  world.clock.Advance(absl::Seconds(1));
  const auto second = Value(world.Ensure(world.Grant("r-2", "0100233488", world.an)));
  const auto& id = first.organization_id();
  const rpc::Call own = CallOfHolder(world.an.account_id);
  const rpc::Call other = CallOfHolder(world.binh.account_id);
  const rpc::Call officer = CallOfOfficer("o", {policy::v1::OFFICER_ROLE_AUDITOR});
  CHECK_OK(world.Get(own, id));
  CHECK_OK(world.Get(officer, id));
  CHECK(eid::testing::Describe(world.Get(other, id).status()) ==
        eid::testing::Describe(world.Get(other, "never").status()));

  v1::ListOrganizationsRequest mine;
  mine.set_page_size(1);
  const auto page = Value(world.List(own, mine));
  REQUIRE(page.organizations_size() == 1);
  CHECK(page.organizations(0).organization_id() == second.organization_id());
  mine.set_page_token(page.next_page_token());
  // A page token is its caller's.
  CHECK(HasReason(world.List(other, mine).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  const auto rest = Value(world.List(own, mine));
  REQUIRE(rest.organizations_size() == 1);
  CHECK(rest.organizations(0).organization_id() == id);
  CHECK(rest.next_page_token().empty());

  v1::ListOrganizationsRequest all;
  CHECK(Value(world.List(other, all)).organizations().empty());
  all.set_all(true);
  CHECK(Value(world.List(officer, all)).organizations_size() == 2);
  CHECK(world.List(other, all).status().code() == absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace eid::identity::testing
