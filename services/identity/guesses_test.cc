// SPDX-License-Identifier: Apache-2.0
// What guessing costs, and whom.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/testing/harness.h"

namespace eid::identity::testing {
namespace {

const char kAn[] = "001190123456";
const char kNobody[] = "001190123459";

bool IsRefused(const absl::Status& status) {
  return HasReason(status, v1::ERROR_REASON_INVALID_CREDENTIALS);
}
bool IsSlowed(const absl::Status& status) {
  return HasReason(status, v1::ERROR_REASON_TOO_MANY_ATTEMPTS);
}

TEST_CASE("a stolen factor does not clear the count of guesses at the other") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const bool device = GENERATE(true, false);
  const auto login = [&](const char* passcode) {
    std::vector<v1::Factor> factors;
    factors.push_back(device ? world.DeviceFor(an) : world.Password(an.password));
    if (passcode != nullptr) factors.push_back(world.Passcode(passcode));
    return world.Login(kAn, factors).status();
  };
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK(IsRefused(login("246801")));
    // The stolen one alone is right, costs nothing and earns nothing.
    if (i + 1 < kFreeFailures) CHECK_OK(login(nullptr));
  }
  CHECK(IsSlowed(login("246801")));
  CHECK(IsSlowed(login(nullptr)));
  world.clock.Advance(absl::Seconds(2));
  CHECK_OK(login(nullptr));
  CHECK(IsRefused(login("246801")));
  CHECK(IsSlowed(login("246801")));
  world.clock.Advance(absl::Seconds(3));
  CHECK(IsSlowed(login(nullptr)));
}

TEST_CASE("two factors forgive what was guessed before") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const bool device = GENERATE(true, false);
  const auto login = [&](const std::string& passcode) {
    return world
        .Login(kAn, {device ? world.DeviceFor(an) : world.CodeFor(an), world.Passcode(passcode)})
        .status();
  };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i + 1 < kFreeFailures; ++i) CHECK(IsRefused(login("246801")));
    CHECK_OK(login(an.passcode));
  }
}

TEST_CASE("whoever has the phone is slowed down too when guessing the rest") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK(IsRefused(world.Login(kAn, {world.CodeFor(an), world.Passcode("246801")}).status()));
  }
  CHECK(IsSlowed(world.Login(kAn, {world.CodeFor(an), world.Passcode(an.passcode)}).status()));
}

TEST_CASE("nobody keeps the holder of the phone out by guessing") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  for (int i = 0; i < 50; ++i) {
    world.client = absl::StrCat("198.51.100.", i);
    CHECK_FALSE(world.Login(kAn, {world.Password("Mat-khau-2!")}).ok());
    CHECK_FALSE(world.Login(kAn, {world.Code("no-such-challenge", "123456")}).ok());
  }
  CHECK(IsSlowed(world.Login(kAn, {world.Password(an.password)}).status()));
  CHECK_OK(world.Login(kAn, {world.CodeFor(an)}));
  CHECK_OK(world.Login(kAn, {world.Password(an.password), world.CodeFor(an)}));
}

TEST_CASE("an activation that is known tells nothing to who has other words") {
  Harness world;
  Person person{.personal_id = kAn};
  REQUIRE_OK(world.Enroll(person));
  const auto request = world.Activation(person);
  REQUIRE_OK(world.Activate(request));
  auto guess = request;
  guess.set_password("Another-one-2!");
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK(HasReason(world.Activate(guess).status(), v1::ERROR_REASON_INVALID_CREDENTIALS));
  }
  CHECK(HasReason(world.Activate(guess).status(), v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  // Who sent it gets the answer again.
  CHECK_OK(world.Activate(request));
}

TEST_CASE("nobody keeps a person with the code from activating") {
  Harness world;
  Person person{.personal_id = kAn};
  REQUIRE_OK(world.Enroll(person));
  auto request = world.Activation(person);
  const std::string right = request.proof().code();
  // Strangers: without a challenge, and with their own.
  world.client = "198.51.100.7";
  for (int i = 0; i < 30; ++i) {
    CHECK_FALSE(world.Login(person.personal_id, {world.Password("Mat-khau-2!")}).ok());
  }
  auto guess = world.Activation(person);
  guess.mutable_proof()->set_code(Harness::WrongCode(guess.proof().code()));
  for (int i = 0; i < kChallengeTries; ++i) CHECK_FALSE(world.Activate(guess).ok());
  world.client = "192.0.2.1";
  SECTION("with the first code") {}
  SECTION("after a slip, which is told nothing") {
    request.mutable_proof()->set_code(Harness::WrongCode(right));
    CHECK(HasReason(world.Activate(request).status(), v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
    request.mutable_proof()->set_code(right);
  }
  SECTION("with a new one") { request = world.Activation(person); }
  CHECK_OK(world.Activate(request));
}

TEST_CASE("a code has five tries even while guesses are slowed down") {
  Harness world;
  Person person{.personal_id = kAn};
  REQUIRE_OK(world.Enroll(person));
  auto request = world.Activation(person);
  const std::string right = request.proof().code();
  for (int i = 0; i < kFreeFailures; ++i) {
    CHECK_FALSE(world.Login(person.personal_id, {world.Password("Mat-khau-2!")}).ok());
  }
  request.mutable_proof()->set_code(Harness::WrongCode(right));
  for (int i = 0; i < kChallengeTries; ++i) {
    CHECK(HasReason(world.Activate(request).status(), v1::ERROR_REASON_TOO_MANY_ATTEMPTS));
  }
  request.mutable_proof()->set_code(right);
  CHECK_FALSE(world.Activate(request).ok());
}

TEST_CASE("one client cannot take all codes, all together have their limit") {
  Harness world([](Config& config) {
    config.mutable_throttling()->set_code_burst(3);
    config.mutable_throttling()->set_account_code_burst(5);
  });
  world.NewPerson(kAn);
  world.clock.Advance(absl::Hours(1));
  const std::string id = GENERATE(kAn, kNobody);
  const auto ask = [&](const char* client) {
    world.client = client;
    return world.Challenge(id, v1::CHALLENGE_KIND_OTP).status();
  };
  for (int i = 0; i < 3; ++i) CHECK_OK(ask("2001:db8::1"));
  // Another address of the same network is no other client.
  CHECK(IsSlowed(ask("2001:db8::2")));
  for (int i = 0; i < 2; ++i) CHECK_OK(ask("192.0.2.9"));
  CHECK(IsSlowed(ask("192.0.2.9")));
  // The account's allowance fills faster than one client can use it up.
  world.clock.Advance(absl::Seconds(31));
  CHECK_OK(ask("192.0.2.10"));
}

TEST_CASE("wrong answers delay the next code to the client that asked, to nobody else") {
  Harness world;
  world.NewPerson(kAn);
  const std::string id = GENERATE(kAn, kNobody);
  world.client = "198.51.100.7";
  const v1::Challenge challenge = Value(world.Challenge(id, v1::CHALLENGE_KIND_OTP));
  const std::string code =
      Harness::WrongCode(world.environment().secrets.CodeOf(challenge.challenge_id()));
  // Wherever they are answered from.
  for (int i = 0; i < kChallengeTries; ++i) {
    world.client = absl::StrCat("203.0.113.", i);
    CHECK(IsRefused(world.Login(id, {world.Code(challenge.challenge_id(), code)}).status()));
  }
  CHECK_OK(world.Challenge(id, v1::CHALLENGE_KIND_OTP));
  world.client = "198.51.100.7";
  const absl::Status slowed = world.Challenge(id, v1::CHALLENGE_KIND_OTP).status();
  CHECK(IsSlowed(slowed));
  CHECK(DetailOf<google::rpc::RetryInfo>(slowed)->retry_delay().seconds() == 2);
  world.clock.Advance(absl::Seconds(2));
  CHECK_OK(world.Challenge(id, v1::CHALLENGE_KIND_OTP));
}

TEST_CASE("guesses at codes from many networks come to an end") {
  Harness world(
      [](Config& config) { config.mutable_throttling()->set_account_code_burst(100'000); });
  world.NewPerson(kAn);
  int guesses = 0;
  for (int network = 0; network < 1000; ++network) {
    world.client = absl::StrCat("10.0.", network / 250, ".", network % 250);
    const auto challenge = world.Challenge(kAn, v1::CHALLENGE_KIND_OTP);
    if (!challenge.ok()) {
      CHECK(IsSlowed(challenge.status()));
      break;
    }
    const std::string wrong =
        Harness::WrongCode(world.environment().secrets.CodeOf(challenge->challenge_id()));
    for (int i = 0; i < kChallengeTries; ++i, ++guesses) {
      CHECK_FALSE(world.Login(kAn, {world.Code(challenge->challenge_id(), wrong)}).ok());
    }
  }
  CHECK(guesses == kWrongCodes.burst);
}

TEST_CASE("no challenge ends another") {
  Harness world;
  const Person an = world.NewPerson(kAn);
  const v1::Factor own = world.CodeFor(an);
  world.client = "198.51.100.7";
  for (int i = 0; i < 50; ++i) CHECK_OK(world.Challenge(kAn, v1::CHALLENGE_KIND_OTP));
  CHECK_OK(world.Login(kAn, {own}));
}

}  // namespace
}  // namespace eid::identity::testing
