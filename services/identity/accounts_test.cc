// SPDX-License-Identifier: Apache-2.0
#include "services/identity/accounts.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/eventually.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

using rpc::testing::CallOfHolder;
using rpc::testing::CallOfOfficer;
using v1::Account;

const auto kIntake = policy::v1::OFFICER_ROLE_INTAKE;

absl::StatusOr<Account> Get(Harness& world, const rpc::Call& call, const std::string& id) {
  v1::GetAccountRequest request;
  request.set_account_id(id);
  return Await<Account>(
      [&](auto reply) { world.service().accounts().Get(call, request, std::move(reply)); });
}

absl::StatusOr<v1::ListAccountsResponse> List(Harness& world,
                                              const v1::ListAccountsRequest& request) {
  return Await<v1::ListAccountsResponse>([&](auto reply) {
    world.service().accounts().List(CallOfOfficer("o", {kIntake}), request, std::move(reply));
  });
}

TEST_CASE("an enrolment that matches grants an account and tells the person") {
  Harness world;
  world.persons.answer->set_registered_full_name("Nguyễn Thị Thử");
  Person person{.personal_id = "001190123456"};
  const Account account = Value(world.Enroll(person));
  CHECK(account.state() == Account::STATE_GRANTED);
  CHECK(account.level() == 2);
  CHECK(account.phone() == "+84912345678");
  CHECK(account.enrolled_by() == "officer-1");
  CHECK(FromTimestamp(account.activation_expire_time()) - FromTimestamp(account.create_time()) >
        absl::Hours(24 * 7));
  const auto message = world.carrier.Get("identity-grant-" + account.account_id());
  CHECK(message.address() == "+84912345678");
  CHECK(absl::StrContains(message.body(), "10/03/2025"));
  REQUIRE(world.persons.asked.size() == 1);
  CHECK(world.persons.asked[0].phone() == "+84912345678");
  CHECK(world.Row(account.account_id()).window_version() == "D69");
}

TEST_CASE(
    "a repeated enrolment is answered as the first was, though the database is away by then") {
  Harness world;
  const Person person{.personal_id = "001190123456"};
  const auto request = world.Enrolment(person);
  const rpc::Call officer = CallOfOfficer("officer-1", {kIntake});
  const Account first = Value(world.Enroll(request, officer));
  world.persons.answer = absl::UnavailableError("away");
  CHECK(Value(world.Enroll(request, officer)).SerializeAsString() == first.SerializeAsString());
  auto other = request;
  other.set_email("a@b.vn");
  CHECK(HasReason(world.Enroll(other, officer).status(),
                  policy::v1::COMMON_REASON_REQUEST_ID_REUSED));
  other.set_request_id("another");
  const absl::Status exists = world.Enroll(other, officer).status();
  CHECK(exists.code() == absl::StatusCode::kAlreadyExists);
  CHECK(DetailOf<google::rpc::ErrorInfo>(exists)->metadata().at("account_id") ==
        first.account_id());
}

TEST_CASE("nothing is stored unless the database says that it matches") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  SECTION("not found") {
    world.persons.answer->set_outcome(verification::v1::LOOKUP_OUTCOME_NOT_FOUND);
    CHECK(HasReason(world.Enroll(person).status(), v1::ERROR_REASON_PERSON_NOT_FOUND));
  }
  SECTION("away") {
    world.persons.answer = GENERATE(absl::UnavailableError("x"), absl::DeadlineExceededError("x"));
    const absl::Status away = world.Enroll(person).status();
    CHECK(away.code() == absl::StatusCode::kUnavailable);
    CHECK(HasReason(away, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
    CHECK(DetailOf<google::rpc::RetryInfo>(away).has_value());
  }
  SECTION("found, but the name is not known") {
    world.persons.Say("full_name", verification::v1::VERDICT_NOT_AVAILABLE);
    CHECK(HasReason(world.Enroll(person).status(), v1::ERROR_REASON_PERSON_MISMATCH));
  }
  SECTION("too young, and nobody is asked") {
    person.personal_id = "001319123456";
    person.birth_year = 2019;
    auto request = world.Enrolment(person);
    request.mutable_birth_date()->set_month(3);
    request.mutable_birth_date()->set_day(4);
    const absl::Status young =
        world.Enroll(request, CallOfOfficer("officer-1", {kIntake})).status();
    CHECK(young.code() == absl::StatusCode::kFailedPrecondition);
    CHECK(HasReason(young, v1::ERROR_REASON_PERSON_NOT_ELIGIBLE));
    CHECK(world.persons.asked.empty());
  }
  CHECK(Value(List(world, {})).accounts().empty());
}

TEST_CASE("activation sets the secrets and binds the device, once") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  REQUIRE_OK(world.Enroll(person));
  const auto request = world.Activation(person);
  const Account active = Value(world.Activate(request));
  CHECK(active.state() == Account::STATE_ACTIVE);
  CHECK(active.device_key() == person.device.Public().Fingerprint());
  CHECK(active.activate_time().seconds() > 0);
  // The same request again; and again with other words.
  CHECK(Value(world.Activate(request)).SerializeAsString() == active.SerializeAsString());
  auto changed = request;
  changed.set_password("Another-one-2!");
  CHECK(HasReason(world.Activate(changed).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  // A new one: the account is active, which nobody is told.
  CHECK(HasReason(world.Activate(person).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  const AccountRow row = world.Row(person.account_id);
  CHECK(absl::StartsWith(row.password_hash(), "$argon2id$"));
  CHECK_FALSE(absl::StrContains(row.SerializeAsString(), person.password));
  CHECK_FALSE(absl::StrContains(row.SerializeAsString(), person.passcode));
}

TEST_CASE("unknown, wrong, used, active: an activation is refused with the same words") {
  Harness world;
  Person granted{.personal_id = "001190123456"};
  REQUIRE_OK(world.Enroll(granted));
  const Person active = world.NewPerson("001190123457");
  const Person unknown{.personal_id = "001190123458"};
  auto wrong = world.Activation(granted);
  wrong.mutable_proof()->set_code(Harness::WrongCode(wrong.proof().code()));
  auto nobody = world.Activation(granted);
  nobody.set_personal_id(unknown.personal_id);
  auto foreign = world.Activation(active);
  foreign.set_personal_id(granted.personal_id);
  const std::vector<v1::ActivateAccountRequest> requests = {wrong, nobody, foreign,
                                                            world.Activation(active)};
  const std::string words = eid::testing::Describe(world.Activate(requests[0]).status());
  CHECK(absl::StrContains(words, "INVALID_CREDENTIALS"));
  for (const auto& request : requests) {
    const absl::Status status = world.Activate(request).status();
    CHECK(eid::testing::Describe(status) == words);
    CHECK(DetailOf<google::rpc::ErrorInfo>(status)->metadata().empty());
  }
}

TEST_CASE("a code is good for five tries and three minutes") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  REQUIRE_OK(world.Enroll(person));
  auto request = world.Activation(person);
  const std::string right = request.proof().code();
  SECTION("tries") {
    request.mutable_proof()->set_code(Harness::WrongCode(right));
    for (int i = 0; i < kChallengeTries; ++i) {
      request.set_request_id(absl::StrCat("try-", i));
      CHECK_FALSE(world.Activate(request).ok());
    }
    request.mutable_proof()->set_code(right);
    world.clock.Advance(absl::Seconds(2));  // what the wrong guesses cost
  }
  SECTION("minutes") { world.clock.Advance(kChallengeLife); }
  CHECK(HasReason(world.Activate(request).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  world.clock.Advance(absl::Seconds(4));
  CHECK_OK(world.Activate(person));
}

TEST_CASE("after the window the account is expired: shown at once, stored at the next touch") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  const Account granted = Value(world.Enroll(person));
  world.clock.SetTime(FromTimestamp(granted.activation_expire_time()));
  const rpc::Call own = CallOfHolder(person.account_id);
  CHECK(Value(Get(world, own, "")).state() == Account::STATE_ACTIVATION_EXPIRED);
  CHECK(world.Row(person.account_id).account().state() == Account::STATE_GRANTED);
  SECTION("by whoever proves the code") {
    const auto request = world.Activation(person);
    const absl::Status expired = world.Activate(request).status();
    CHECK(expired.code() == absl::StatusCode::kFailedPrecondition);
    CHECK(HasReason(expired, v1::ERROR_REASON_ACTIVATION_EXPIRED));
    auto again = request;
    again.set_request_id("again");
    CHECK(HasReason(world.Activate(again).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  }
  SECTION("by upkeep") { REQUIRE_OK(world.service().upkeep().RunOnce()); }
  CHECK(world.Row(person.account_id).account().state() == Account::STATE_ACTIVATION_EXPIRED);
  CHECK(Value(Get(world, own, "")).etag() != granted.etag());
  v1::ListAccountsRequest list;
  list.set_state(Account::STATE_ACTIVATION_EXPIRED);
  CHECK(Value(List(world, list)).accounts_size() == 1);
  list.set_state(Account::STATE_GRANTED);
  CHECK(Value(List(world, list)).accounts().empty());
}

TEST_CASE("who repeats a request while it is being answered gets the same answer") {
  Harness world;
  const Person person{.personal_id = "001190123456"};
  const auto request = world.Enrolment(person);
  const rpc::Call officer = CallOfOfficer("officer-1", {kIntake});
  absl::StatusOr<Account> again = absl::UnknownError("");
  absl::Notification answered;
  world.persons.next_meanwhile = [&](const std::function<void()>& go_on) {
    const kv::Database& db = world.environment().db;
    const uint64_t before = db.revision();
    world.service().accounts().Enroll(officer, request,
                                      rpc::Reply<Account>([&](absl::StatusOr<Account> answer) {
                                        again = std::move(answer);
                                        answered.Notify();
                                      }));
    go_on();
    // On the thread that answers: the second, found to be new before, goes on after the first is
    // granted.
    CHECK(eid::testing::Eventually([&] { return db.revision() > before; }));
  };
  const Account first = Value(world.Enroll(request, officer));
  answered.WaitForNotification();
  CHECK(Value(again).account_id() == first.account_id());
  CHECK(world.persons.asked.size() == 1);
}

TEST_CASE("an account that was not activated in time is enrolled anew, the same account") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  const Account first = Value(world.Enroll(person));
  const rpc::Call officer = CallOfOfficer("officer-2", {kIntake});
  auto request = world.Enrolment(person);
  request.set_phone("0987654321");
  request.set_email("an@example.vn");
  CHECK(HasReason(world.Enroll(request, officer).status(), v1::ERROR_REASON_ACCOUNT_EXISTS));
  world.clock.SetTime(FromTimestamp(first.activation_expire_time()));
  const bool swept = GENERATE(false, true);
  if (swept) REQUIRE_OK(world.service().upkeep().RunOnce());
  // A code that went to the phone of before.
  const auto old = world.Activation(person);

  const Account again = Value(world.Enroll(request, officer));
  CHECK(again.account_id() == first.account_id());
  CHECK(again.state() == Account::STATE_GRANTED);
  CHECK(again.phone() == "+84987654321");
  CHECK(again.email() == "an@example.vn");
  CHECK(again.enrolled_by() == "officer-2");
  CHECK(again.create_time().seconds() == first.create_time().seconds());
  CHECK(FromTimestamp(again.activation_expire_time()) - world.clock.TimeNow() >
        absl::Hours(24 * 7));
  CHECK(world.persons.asked.size() == 2);
  CHECK(world.carrier.Get(absl::StrCat("identity-grant-", again.account_id(), "-", again.etag()))
            .address() == "+84987654321");
  CHECK(Value(world.Enroll(request, officer)).etag() == again.etag());
  request.set_request_id("another");
  CHECK(HasReason(world.Enroll(request, officer).status(), v1::ERROR_REASON_ACCOUNT_EXISTS));

  CHECK(HasReason(world.Activate(old).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  CHECK(Value(world.Activate(person)).state() == Account::STATE_ACTIVE);
}

TEST_CASE("an expired account is enrolled anew only if the database still agrees") {
  Harness world;
  Person person{.personal_id = "001190123456"};
  const Account first = Value(world.Enroll(person));
  world.clock.SetTime(FromTimestamp(first.activation_expire_time()));
  world.persons.Say("phone", verification::v1::VERDICT_MISMATCH);
  CHECK(HasReason(world.Enroll(person).status(), v1::ERROR_REASON_PERSON_MISMATCH));
  CHECK(Value(Get(world, CallOfHolder(person.account_id), "")).state() ==
        Account::STATE_ACTIVATION_EXPIRED);
}

TEST_CASE("one sees the own account whole, an officer all, others nothing") {
  Harness world;
  const Person person = world.NewPerson("001190123456");
  CHECK(Value(Get(world, CallOfHolder(person.account_id), "")).personal_id() == person.personal_id);
  CHECK(Value(Get(world, CallOfOfficer("o", {kIntake}), person.account_id)).personal_id() ==
        person.personal_id);
  const rpc::Call stranger = CallOfHolder("stranger");
  const absl::Status theirs = Get(world, stranger, person.account_id).status();
  const absl::Status never = Get(world, stranger, "never").status();
  CHECK(HasReason(theirs, v1::ERROR_REASON_ACCOUNT_NOT_FOUND));
  CHECK(eid::testing::Describe(theirs) == eid::testing::Describe(never));
  const rpc::Call machines = CallOfOfficer("o", {policy::v1::OFFICER_ROLE_OPERATOR});
  CHECK(Get(world, machines, person.account_id).status().code() == absl::StatusCode::kNotFound);
  const rpc::Call one_factor = rpc::testing::WithClaims(
      CallOfOfficer("o", {kIntake}),
      [](policy::v1::AccessClaims& claims) { claims.set_authentication_level(1); });
  CHECK(HasReason(Get(world, one_factor, person.account_id).status(),
                  policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW));
}

TEST_CASE("lists are masked, newest first, in pages that fit together") {
  Harness world;
  for (int i = 0; i < 5; ++i) {
    Person person{.personal_id = absl::StrCat("00119012345", i)};
    REQUIRE_OK(world.Enroll(person));
    world.clock.Advance(absl::Seconds(1));
  }
  v1::ListAccountsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const auto page = Value(List(world, request));
    CHECK(page.accounts_size() <= 2);
    for (const Account& account : page.accounts()) seen.push_back(account.personal_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(seen == std::vector<std::string>{"*********454", "*********453", "*********452",
                                         "*********451", "*********450"});
  request.set_page_token("nonsense");
  CHECK(HasReason(List(world, request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  v1::ListAccountsRequest one;
  one.set_personal_id("001190123452");
  CHECK(Value(List(world, one)).accounts_size() == 1);
  one.set_state(Account::STATE_ACTIVE);
  CHECK(Value(List(world, one)).accounts().empty());
}

}  // namespace
}  // namespace eid::identity::testing
