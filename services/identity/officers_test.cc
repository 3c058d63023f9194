// SPDX-License-Identifier: Apache-2.0
// Officers' roles, and the first administrator.
#include "services/identity/officers.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/bootstrap.h"
#include "services/identity/store.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

using policy::v1::OfficerRole;
using rpc::testing::CallOfOfficer;
using v1::Officer;

constexpr OfficerRole kAdministrator = policy::v1::OFFICER_ROLE_ADMINISTRATOR;
constexpr OfficerRole kReviewer = policy::v1::OFFICER_ROLE_REVIEWER;
constexpr OfficerRole kApprover = policy::v1::OFFICER_ROLE_APPROVER;

struct World : Harness {
  Person admin = NewOfficer("001190123450", kAdministrator);
  rpc::Call as_admin = CallOfOfficer(admin.account_id, {kAdministrator});
  int requests = 0;

  absl::StatusOr<Officer> Grant(const std::string& account_id, OfficerRole role,
                                const std::string& unit = "G01.899") {
    v1::GrantRoleRequest request;
    request.set_request_id(absl::StrCat("grant-", ++requests));
    request.set_account_id(account_id);
    request.set_role(role);
    request.set_unit_code(unit);
    return Await<Officer>(
        [&](auto reply) { service().officers().Grant(as_admin, request, std::move(reply)); });
  }
  absl::StatusOr<Officer> Revoke(const std::string& account_id, OfficerRole role) {
    v1::RevokeRoleRequest request;
    request.set_request_id(absl::StrCat("revoke-", ++requests));
    request.set_account_id(account_id);
    request.set_role(role);
    return Await<Officer>(
        [&](auto reply) { service().officers().Revoke(as_admin, request, std::move(reply)); });
  }
  absl::StatusOr<v1::ListOfficersResponse> List(const v1::ListOfficersRequest& request) {
    return Await<v1::ListOfficersResponse>(
        [&](auto reply) { service().officers().List(as_admin, request, std::move(reply)); });
  }
};

TEST_CASE("a role is granted to an active person, once, and the next token carries it") {
  World world;
  const Person an = world.NewPerson("001190123456");
  const v1::Session before = world.LoginOf(an);
  const Officer officer = Value(world.Grant(an.account_id, kApprover));
  CHECK(officer.unit_code() == "G01.899");
  CHECK(officer.roles_size() == 1);
  CHECK(Value(world.Grant(an.account_id, kApprover, "")).etag() == officer.etag());
  const Officer both = Value(world.Grant(an.account_id, kReviewer, ""));
  REQUIRE(both.roles_size() == 2);
  CHECK(both.roles(0) == kReviewer);  // ascending
  CHECK(both.unit_code() == "G01.899");
  CHECK(both.etag() != officer.etag());
  CHECK(Value(world.Grant(an.account_id, kReviewer, "H26")).unit_code() == "H26");
  CHECK_FALSE(world.CallWith(before.access_token()).IsOfficer());
  const v1::Session after = Value(world.Refresh(before.refresh_token()));
  CHECK(world.CallWith(after.access_token()).HasRole(kApprover));
  CHECK(world.CallWith(after.access_token()).HasRole(kReviewer));
}

TEST_CASE("who may not get a role") {
  World world;
  Person granted{.personal_id = "001190123456"};
  REQUIRE_OK(world.Enroll(granted));
  CHECK(HasReason(world.Grant("nobody", kReviewer).status(), v1::ERROR_REASON_ACCOUNT_NOT_FOUND));
  CHECK(HasReason(world.Grant(granted.account_id, kReviewer).status(),
                  v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  const absl::Status self = world.Grant(world.admin.account_id, kApprover).status();
  CHECK(self.code() == absl::StatusCode::kPermissionDenied);
  CHECK(HasReason(self, v1::ERROR_REASON_SELF_GRANT_FORBIDDEN));
  const Person an = world.NewPerson("001190123457");
  const absl::Status unit = world.Grant(an.account_id, kReviewer, "").status();
  CHECK(unit.code() == absl::StatusCode::kInvalidArgument);
  CHECK(DetailOf<google::rpc::BadRequest>(unit)->field_violations(0).field() == "unit_code");
}

TEST_CASE("a role that is revoked ends the person's sessions") {
  World world;
  const Person an = world.NewPerson("001190123456");
  REQUIRE_OK(world.Grant(an.account_id, kApprover));
  REQUIRE_OK(world.Grant(an.account_id, kReviewer));
  const v1::Session one = world.LoginOf(an);
  const v1::Session two = world.LoginOf(an);
  const Officer left = Value(world.Revoke(an.account_id, kApprover));
  CHECK(left.roles_size() == 1);
  for (const v1::Session& session : {one, two}) {
    CHECK_FALSE(world.Introspect(session.access_token()).active());
    CHECK_FALSE(VerifyToken(world.environment(), session.access_token()).ok());
    CHECK_FALSE(world.Refresh(session.refresh_token()).ok());
  }
  // Not held: nothing changes, nobody is logged out.
  const v1::Session three = world.LoginOf(an);
  CHECK(Value(world.Revoke(an.account_id, kApprover)).etag() == left.etag());
  CHECK(world.Introspect(three.access_token()).active());
  CHECK(HasReason(world.Revoke("nobody", kApprover).status(), v1::ERROR_REASON_OFFICER_NOT_FOUND));
}

TEST_CASE("the last administrator who can log in stays") {
  World world;
  CHECK(HasReason(world.Revoke(world.admin.account_id, kAdministrator).status(),
                  v1::ERROR_REASON_LAST_ADMINISTRATOR));
  const Person an = world.NewPerson("001190123456");
  REQUIRE_OK(world.Grant(an.account_id, kAdministrator));
  world.Change([&](kv::Txn& txn) {
    AccountRow row = world.Row(an.account_id);
    row.mutable_account()->set_state(v1::Account::STATE_LOCKED);
    return PutAccount(txn, row);
  });
  CHECK(HasReason(world.Revoke(world.admin.account_id, kAdministrator).status(),
                  v1::ERROR_REASON_LAST_ADMINISTRATOR));
  CHECK_OK(world.Revoke(an.account_id, kAdministrator));
}

TEST_CASE("officers are listed by account and by role, in pages") {
  World world;
  for (int i = 0; i < 4; ++i) {
    const Person person = world.NewPerson(absl::StrCat("00119012346", i));
    REQUIRE_OK(world.Grant(person.account_id, i % 2 == 0 ? kReviewer : kApprover));
  }
  v1::ListOfficersRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const auto page = Value(world.List(request));
    for (const Officer& officer : page.officers()) seen.push_back(officer.account_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(seen.size() == 5);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  v1::ListOfficersRequest reviewers;
  reviewers.set_role(kReviewer);
  CHECK(Value(world.List(reviewers)).officers_size() == 2);
}

Bootstrap First() {
  Bootstrap first;
  first.set_personal_id("001190123456");
  first.set_full_name("Nguyễn Thị Thử");
  first.mutable_birth_date()->set_year(1990);
  first.mutable_birth_date()->set_month(1);
  first.mutable_birth_date()->set_day(2);
  first.set_phone("0912345678");
  first.set_unit_code("G01.899");
  return first;
}

TEST_CASE("the first administrator is made once, lasts, and activates like anybody") {
  const auto owner = Harness::OnDisk();
  Harness& world = *owner;
  REQUIRE_OK(MakeFirstAdministrator(world.environment(), First()));
  world.Restart();
  CHECK(world.persons.asked.empty());
  const Person an{.personal_id = "001190123456"};
  const v1::Account account = Value(world.Activate(an));
  CHECK(account.enrolled_by().empty());
  CHECK(account.level() == 2);
  CHECK_FALSE(world.Row(account.account_id()).has_checked_as_of_time());
  CHECK(world.CallWith(world.LoginOf(an).access_token()).HasRole(kAdministrator));

  Bootstrap second = First();
  second.set_personal_id("001190123457");
  const absl::Status again = MakeFirstAdministrator(world.environment(), second);
  CHECK(again.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(absl::StrContains(again.message(), "There is an officer already"));
}

TEST_CASE("a bootstrap file says everything, rightly") {
  Harness world;
  const absl::Status empty = MakeFirstAdministrator(world.environment(), Bootstrap());
  CHECK(empty.code() == absl::StatusCode::kInvalidArgument);
  CHECK(DetailOf<google::rpc::BadRequest>(empty)->field_violations_size() == 5);
  Bootstrap wrong = First();
  wrong.mutable_birth_date()->set_year(1991);
  CHECK(MakeFirstAdministrator(world.environment(), wrong).code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("the arguments of the program") {
  CHECK(Value(BootstrapPath({})).empty());
  CHECK(Value(BootstrapPath({"--bootstrap=f"})) == "f");
  CHECK(Value(BootstrapPath({"--bootstrap", "f"})) == "f");
  for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
           {"--bootstrap"}, {"--bootstrap="}, {"x"}, {"--bootstrap=f", "x"}, {"--bootstraps=f"}}) {
    CHECK_FALSE(BootstrapPath(bad).ok());
  }
}

}  // namespace
}  // namespace eid::identity::testing
