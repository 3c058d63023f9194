// SPDX-License-Identifier: Apache-2.0
#include "services/identity/logins.h"

#include <atomic>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/lifecycle.h"
#include "services/identity/session_rules.h"
#include "services/identity/store.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

const char kAn[] = "001190123456";
const char kNobody[] = "001190123459";

bool IsRefused(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnauthenticated &&
         HasReason(status, v1::ERROR_REASON_INVALID_CREDENTIALS);
}

TEST_CASE("a login with two kinds of factor gives level 2, and a token that says who") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const v1::Session session = world.LoginOf(an);
  CHECK(session.account_id() == an.account_id);
  CHECK(session.authentication_level() == 2);
  CHECK_FALSE(session.refresh_token().empty());
  CHECK(FromTimestamp(session.access_expire_time()) == world.clock.TimeNow() + absl::Minutes(5));
  CHECK(FromTimestamp(session.refresh_expire_time()) == world.clock.TimeNow() + absl::Hours(1));
  const rpc::Call call = world.CallWith(session.access_token());
  CHECK(call.claims->sub() == an.account_id);
  CHECK(call.claims->sid() == session.session_id());
  CHECK(call.claims->account_level() == 2);
  CHECK(call.claims->authentication_level() == 2);
  CHECK(call.claims->principal() == policy::v1::PRINCIPAL_KIND_SELF);
  CHECK(call.claims->device_key() == an.device.Public().Fingerprint());
  CHECK(call.claims->roles().empty());
}

TEST_CASE("each mix of right factors opens a session of its level") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const auto level = [&](const std::vector<v1::Factor>& factors) {
    return Value(world.Login(kAn, factors)).authentication_level();
  };
  CHECK(level({world.Password(an.password)}) == 1);
  CHECK(level({world.Passcode(an.passcode)}) == 1);
  CHECK(level({world.Password(an.password), world.Passcode(an.passcode)}) == 1);
  CHECK(level({world.CodeFor(an)}) == 1);
  CHECK(level({world.CodeFor(an), world.DeviceFor(an)}) == 1);
  CHECK(level({world.Passcode(an.passcode), world.CodeFor(an)}) == 2);
  CHECK(level({world.Password(an.password), world.Passcode(an.passcode), world.CodeFor(an),
               world.DeviceFor(an)}) == 2);
}

TEST_CASE("all factors must be right") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Person binh = world.NewPerson("001190123457");
  CHECK(IsRefused(world.Login(kAn, {world.Password("Mat-khau-2!")}).status()));
  CHECK(IsRefused(
      world.Login(kAn, {world.Password(an.password), world.Passcode("246801")}).status()));
  CHECK(IsRefused(world.Login(kAn, {world.Password(an.password), world.DeviceFor(binh)}).status()));
  CHECK(IsRefused(world.Login(kAn, {world.CodeFor(binh)}).status()));
}

TEST_CASE("an unknown account and a wrong factor are told apart by nothing in the answer") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Person nobody{.personal_id = kNobody};
  Person locked = world.NewPerson("001190123457");
  world.Change([&](kv::Txn& txn) {
    AccountRow row = world.Row(locked.account_id);
    row.mutable_account()->set_state(v1::Account::STATE_LOCKED);
    row.mutable_account()->add_lock_grounds(v1::LOCK_GROUND_OWN_REQUEST);
    return PutAccount(txn, row);
  });
  Person granted{.personal_id = "001190123458"};
  REQUIRE_OK(world.Enroll(granted));
  const auto answers = [&](const v1::Factor& factor) {
    std::set<std::string> seen;
    for (const std::string& id :
         {an.personal_id, nobody.personal_id, locked.personal_id, granted.personal_id}) {
      const absl::Status status = world.Login(id, {factor}).status();
      CHECK(IsRefused(status));
      // Payloads come in an order of chance.
      std::set<std::string> parts = {std::string(status.message())};
      status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
        parts.insert(std::string(url) + std::string(value));
      });
      seen.insert(absl::StrJoin(parts, "\n"));
    }
    return seen.size();
  };
  CHECK(answers(world.Password("Mat-khau-2!")) == 1);
  CHECK(answers(world.Passcode("246801")) == 1);
  CHECK(answers(world.Code("no-such-challenge", "123456")) == 1);
  CHECK(answers(world.DeviceFor(granted)) == 1);
  // What is right for the locked one is as wrong.
  CHECK(IsRefused(world.Login(locked.personal_id, {world.Password(locked.password)}).status()));
}

TEST_CASE("a challenge for nobody looks like any other, and is answered by nothing") {
  Harness world;
  world.NewPerson(kAn);
  const auto kind = GENERATE(v1::CHALLENGE_KIND_OTP, v1::CHALLENGE_KIND_DEVICE_SIGNATURE);
  const v1::Challenge real = Value(world.Challenge(kAn, kind));
  const v1::Challenge dead = Value(world.Challenge(kNobody, kind));
  CHECK(real.nonce().size() == dead.nonce().size());
  CHECK(real.expire_time().seconds() == dead.expire_time().seconds());
  if (kind == v1::CHALLENGE_KIND_OTP) {
    const std::string code = world.environment().secrets.CodeOf(dead.challenge_id());
    CHECK(IsRefused(world.Login(kNobody, {world.Code(dead.challenge_id(), code)}).status()));
    CHECK(IsRefused(world.Login(kAn, {world.Code(dead.challenge_id(), code)}).status()));
  } else {
    CHECK(real.challenge_id().size() == dead.challenge_id().size());
  }
}

TEST_CASE("a challenge is good once") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const v1::Factor factor = GENERATE(true, false) ? world.DeviceFor(an) : world.CodeFor(an);
  CHECK_OK(world.Login(kAn, {factor}));
  CHECK(IsRefused(world.Login(kAn, {factor}).status()));
}

TEST_CASE("a device's challenge is good for five tries and three minutes") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const v1::Factor right = world.DeviceFor(an);
  SECTION("tries") {
    v1::Factor wrong = right;
    (*wrong.mutable_device_signature()->mutable_signature())[7] ^= 1;
    for (int i = 0; i < kChallengeTries; ++i) {
      CHECK(IsRefused(world.Login(kAn, {wrong}).status()));
    }
  }
  SECTION("minutes") { world.clock.Advance(kChallengeLife); }
  CHECK(IsRefused(world.Login(kAn, {right}).status()));
}

TEST_CASE("codes to one account are limited, known or not") {
  Harness world([](Config& config) { config.mutable_throttling()->set_code_burst(3); });
  Person an{.personal_id = kAn};
  REQUIRE_OK(world.Enroll(an));
  const std::string id = GENERATE(kAn, kNobody);
  for (int i = 0; i < 3; ++i) CHECK_OK(world.Challenge(id, v1::CHALLENGE_KIND_OTP));
  const absl::Status status = world.Challenge(id, v1::CHALLENGE_KIND_OTP).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(status, v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  REQUIRE(retry.has_value());
  world.clock.Advance(absl::Seconds(retry->retry_delay().seconds()));
  CHECK_OK(world.Challenge(id, v1::CHALLENGE_KIND_OTP));
}

TEST_CASE("guesses are slowed down, known account or not, and across a restart") {
  const auto owner = Harness::OnDisk();
  Harness& world = *owner;
  const Person an = world.NewPerson(kAn);
  const std::string id = GENERATE(kAn, kNobody);
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK(IsRefused(world.Login(id, {world.Password("Mat-khau-2!")}).status()));
  }
  const absl::Status slow = world.Login(id, {world.Password(an.password)}).status();
  CHECK(slow.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(slow, v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  CHECK(DetailOf<google::rpc::RetryInfo>(slow)->retry_delay().seconds() == 2);
  world.Restart();
  CHECK(HasReason(world.Login(id, {world.Password(an.password)}).status(),
                  v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  world.clock.Advance(absl::Seconds(2));
  if (id == kAn) {
    // Right, but one factor: it is let in and forgives nothing.
    CHECK_OK(world.Login(id, {world.Password(an.password)}));
  }
  CHECK(IsRefused(world.Login(id, {world.Password("Mat-khau-2!")}).status()));
  CHECK(DetailOf<google::rpc::RetryInfo>(world.Login(id, {world.Password(an.password)}).status())
            ->retry_delay()
            .seconds() == 4);
}

TEST_CASE("nobody keeps the holder of the device out by guessing") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  for (int i = 0; i < 50; ++i) {
    const absl::Status status = world.Login(kAn, {world.Password("Mat-khau-2!")}).status();
    CHECK_FALSE(status.ok());
  }
  CHECK(HasReason(world.Login(kAn, {world.Password(an.password)}).status(),
                  v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  CHECK_OK(world.Login(kAn, {world.Password(an.password), world.DeviceFor(an)}));
  // Whoever has the device is slowed down too when guessing the rest.
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK(IsRefused(world.Login(kAn, {world.Passcode("246801"), world.DeviceFor(an)}).status()));
  }
  CHECK(HasReason(world.Login(kAn, {world.Passcode("246801"), world.DeviceFor(an)}).status(),
                  v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
}

TEST_CASE("of many guesses at once no more are looked at than one after another") {
  Harness world([](Config& config) { config.mutable_hashing()->set_threads(4); });
  world.NewPerson(kAn);
  constexpr int kGuesses = 30;
  v1::LoginRequest request;
  request.set_personal_id(kAn);
  *request.add_factors() = world.Password("Mat-khau-2!");
  std::atomic<int> refused = 0, slowed = 0;
  absl::BlockingCounter answered(kGuesses);
  for (int i = 0; i < kGuesses; ++i) {
    world.service().logins().Login(
        rpc::testing::CallOfPublic(), request,
        rpc::Reply<v1::Session>([&](absl::StatusOr<v1::Session> answer) {
          if (IsRefused(answer.status())) ++refused;
          if (HasReason(answer.status(), v1::ERROR_REASON_TOO_MANY_ATTEMPTS)) ++slowed;
          answered.DecrementCount();
        }));
  }
  answered.Wait();
  CHECK(refused == kFreeFailures);
  CHECK(slowed == kGuesses - kFreeFailures);
}

TEST_CASE("one client has its limit, other clients have theirs") {
  Harness world([](Config& config) {
    config.mutable_throttling()->set_client_burst(3);
    config.mutable_throttling()->set_client_per_second(1);
  });
  const auto guess = [&] { return world.Login(kNobody, {world.Password("Mat-khau-2!")}).status(); };
  for (int i = 0; i < 3; ++i) CHECK(IsRefused(guess()));
  CHECK(HasReason(guess(), v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  world.client = "192.0.2.7";
  CHECK(IsRefused(guess()));
}

TEST_CASE("when too many wait to be hashed, the next is told at once and is not counted") {
  Harness world([](Config& config) { config.mutable_hashing()->set_queue(1); });
  const Person an = world.NewPerson(kAn);
  absl::Notification started, go_on;
  REQUIRE(world.environment().hashing.Submit([&] {
    started.Notify();
    go_on.WaitForNotification();
  }));
  started.WaitForNotification();
  REQUIRE(world.environment().hashing.Submit([] {}));
  const absl::Status status = world.Login(kAn, {world.Password(an.password)}).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_OVERLOADED));
  CHECK(DetailOf<google::rpc::RetryInfo>(status).has_value());
  go_on.Notify();
}

TEST_CASE("step-up raises the level of the session and never lowers it") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const Person binh = world.NewPerson("001190123457");
  const v1::Session one = Value(world.Login(kAn, {world.Password(an.password)}));
  CHECK(one.authentication_level() == 1);
  const rpc::Call call = world.CallWith(one.access_token());
  CHECK(IsRefused(world.StepUp(call, {world.DeviceFor(binh)}).status()));
  world.clock.Advance(absl::Seconds(30));
  const v1::Session two = Value(world.StepUp(call, {world.DeviceFor(an)}));
  CHECK(two.session_id() == one.session_id());
  CHECK(two.authentication_level() == 2);
  CHECK(two.refresh_token().empty());
  const auto claims = world.CallWith(two.access_token()).claims;
  CHECK(claims->auth_time() == absl::ToUnixSeconds(world.clock.TimeNow()));
  const v1::Session still = Value(world.StepUp(call, {world.Passcode(an.passcode)}));
  CHECK(still.authentication_level() == 2);
  // The refreshed token keeps it.
  CHECK(Value(world.Refresh(one.refresh_token())).authentication_level() == 2);
  REQUIRE_OK(world.Revoke(one.access_token()));
  CHECK(world.StepUp(call, {world.DeviceFor(an)}).status().code() ==
        absl::StatusCode::kUnauthenticated);
}

TEST_CASE("a password that was hashed more cheaply is hashed anew at the next login") {
  Harness world([](Config& config) { config.mutable_hashing()->set_iterations(2); });
  const Person an = world.NewPerson(kAn);
  const std::string cheap = Value(crypto::HashPassword(
      an.password, {.memory_kib = 8,
                    .iterations = 1,
                    .pepper = world.environment().secrets.passwords().pepper}));
  world.Change([&](kv::Txn& txn) {
    AccountRow row = world.Row(an.account_id);
    row.set_password_hash(cheap);
    return PutAccount(txn, row);
  });
  CHECK_OK(world.Login(kAn, {world.Password(an.password)}));
  CHECK(absl::StrContains(world.Row(an.account_id).password_hash(), "t=2"));
  CHECK_OK(world.Login(kAn, {world.Password(an.password)}));
}

TEST_CASE("a password typed with decomposed letters is the same password") {
  Harness world;
  Person an{.personal_id = kAn, .password = "Mật-khẩu-1!"};
  REQUIRE_OK(world.Enroll(an));
  REQUIRE_OK(world.Activate(an));
  CHECK_OK(world.Login(kAn, {world.Password("Ma\u0323\u0302t-kha\u0302\u0309u-1!")}));
}

TEST_CASE("a person has twenty sessions; one more ends the oldest") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  std::vector<v1::Session> sessions;
  for (size_t i = 0; i <= kMaxSessions; ++i) {
    sessions.push_back(Value(world.Login(kAn, {world.Password(an.password)})));
    world.clock.Advance(absl::Seconds(1));
  }
  CHECK_FALSE(world.Introspect(sessions[0].access_token()).active());
  CHECK(world.Introspect(sessions[1].access_token()).active());
  CHECK(world.Introspect(sessions.back().access_token()).active());
}

}  // namespace
}  // namespace eid::identity::testing
