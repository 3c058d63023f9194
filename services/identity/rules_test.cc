// SPDX-License-Identifier: Apache-2.0
// The pure rules: levels, waits, sessions, challenges, lifecycle.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/calendar/testing/rules.h"
#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/identity/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/identity/challenge.h"
#include "services/identity/client_limits.h"
#include "services/identity/levels.h"
#include "services/identity/lifecycle.h"
#include "services/identity/session_rules.h"
#include "services/identity/throttle.h"

namespace eid::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'740'967'200);  // 2025-03-03 09:00 in Hà Nội

Secrets TestSecrets() { return Secrets(std::string(32, 'k'), {}); }

TEST_CASE("the level follows from the kinds of factor that were proven, not from their number") {
  constexpr FactorKind k = FACTOR_KIND_KNOWLEDGE, p = FACTOR_KIND_POSSESSION,
                       b = FACTOR_KIND_BIOMETRIC, none = FACTOR_KIND_UNSPECIFIED;
  struct Case {
    std::vector<FactorKind> proven;
    int level;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {{}, 0},
      {{none}, 0},
      {{k}, 1},
      {{p}, 1},
      {{b}, 1},
      {{k, k}, 1},
      {{p, p, p}, 1},
      {{b, b}, 1},
      {{k, p}, 2},
      {{p, k, k}, 2},
      {{k, p, none}, 2},
      {{k, b}, 3},
      {{b, p}, 3},
      {{b, k, k}, 3},
      {{k, p, b}, 4},
      {{b, p, k, p}, 4},
  }));
  CHECK(AuthenticationLevel(c.proven) == c.level);
}

TEST_CASE("password and passcode are known, code and device are had") {
  v1::Factor factor;
  CHECK(KindOf(factor) == FACTOR_KIND_UNSPECIFIED);
  factor.set_password("x");
  CHECK(KindOf(factor) == FACTOR_KIND_KNOWLEDGE);
  factor.set_passcode("x");
  CHECK(KindOf(factor) == FACTOR_KIND_KNOWLEDGE);
  factor.mutable_one_time_code();
  CHECK(KindOf(factor) == FACTOR_KIND_POSSESSION);
  factor.mutable_device_signature();
  CHECK(KindOf(factor) == FACTOR_KIND_POSSESSION);
}

TEST_CASE("five failures are free, then each one doubles the wait up to fifteen minutes") {
  struct Case {
    int failures;
    absl::Duration wait;
  };
  const auto c = GENERATE(values<Case>({{0, absl::ZeroDuration()},
                                        {4, absl::ZeroDuration()},
                                        {5, absl::Seconds(2)},
                                        {6, absl::Seconds(4)},
                                        {7, absl::Seconds(8)},
                                        {12, absl::Seconds(256)},
                                        {13, absl::Seconds(512)},
                                        {14, absl::Minutes(15)},
                                        {1000, absl::Minutes(15)}}));
  CHECK(WaitAfter(c.failures) == c.wait);
}

TEST_CASE(
    "failures are forgotten after a quiet day, forgiven by a right one, and no clock step adds") {
  Failures failures;
  for (int i = 0; i < 6; ++i) CountAttempt(failures, kNow);
  CHECK(WaitLeft(failures, kNow) == absl::Seconds(4));
  CHECK(WaitLeft(failures, kNow + absl::Seconds(3)) == absl::Seconds(1));
  CHECK(WaitLeft(failures, kNow + absl::Seconds(4)) == absl::ZeroDuration());
  // The clock was set back.
  CHECK(WaitLeft(failures, kNow - absl::Hours(3)) == absl::Seconds(4));
  CHECK(WaitLeft(failures, kNow + absl::Hours(24)) == absl::ZeroDuration());
  CountAttempt(failures, kNow + absl::Hours(24));
  CHECK(failures.count() == 1);
  Forgive(failures);
  CHECK(failures.count() == 0);
}

TEST_CASE("an attempt that is taken back leaves the others, and their time") {
  Failures failures;
  for (int i = 0; i < 5; ++i) CountAttempt(failures, kNow);
  const std::string before = failures.SerializeAsString();
  const Counted mine = CountAttempt(failures, kNow + absl::Seconds(2));
  SECTION("alone: as if it had not been") {
    TakeBack(failures, mine);
    CHECK(failures.SerializeAsString() == before);
  }
  SECTION("another came meanwhile") {
    CountAttempt(failures, kNow + absl::Seconds(3));
    TakeBack(failures, mine);
    CHECK(failures.count() == 6);
    CHECK(WaitLeft(failures, kNow + absl::Seconds(3)) == absl::Seconds(4));
  }
  SECTION("all were forgiven meanwhile") {
    Forgive(failures);
    TakeBack(failures, mine);
    CHECK(failures.count() == 0);
  }
}

TEST_CASE("codes come from a bucket that fills again") {
  Bucket bucket;
  const Allowance allowance{.burst = 2, .refill = absl::Seconds(60)};
  const auto take = [&](absl::Time now) { return Take(bucket, allowance, now); };
  CHECK(take(kNow) == absl::ZeroDuration());
  CHECK(take(kNow) == absl::ZeroDuration());
  CHECK(take(kNow) > absl::Seconds(59));
  CHECK(take(kNow + absl::Seconds(30)) <= absl::Seconds(31));
  CHECK(take(kNow + absl::Seconds(60)) == absl::ZeroDuration());
  CHECK(take(kNow + absl::Seconds(60)) > absl::ZeroDuration());
  CHECK(take(kNow + absl::Hours(9)) == absl::ZeroDuration());
}

TEST_CASE("a client's bucket is its own, and an IPv6 network is one client") {
  FakeClock clock(kNow);
  ClientLimits limits(clock, {.burst = 2, .per_second = 1, .max_clients = 2});
  CHECK(limits.Take("192.0.2.1") == absl::ZeroDuration());
  CHECK(limits.Take("192.0.2.1") == absl::ZeroDuration());
  CHECK(limits.Take("192.0.2.1") > absl::ZeroDuration());
  CHECK(limits.Take("192.0.2.2") == absl::ZeroDuration());
  clock.Advance(absl::Seconds(1));
  CHECK(limits.Take("192.0.2.1") == absl::ZeroDuration());
  CHECK(limits.Take("192.0.2.1") > absl::ZeroDuration());
  // A third client: there is room for it, whatever is forgotten.
  CHECK(limits.Take("192.0.2.3") == absl::ZeroDuration());
  CHECK(ClientLimits::ClientOf("2001:db8::1") == ClientLimits::ClientOf("2001:db8::ffff"));
  CHECK(ClientLimits::ClientOf("2001:db8::1") != ClientLimits::ClientOf("2001:db8:0:1::1"));
  CHECK(ClientLimits::ClientOf("::ffff:192.0.2.1") != ClientLimits::ClientOf("::ffff:192.0.2.2"));
}

TEST_CASE("a refresh token is what was written, nothing else") {
  const RefreshToken token{
      .session_id = "session-1", .generation = 7, .secret = std::string(32, 's')};
  const std::string text = FormatRefreshToken(token);
  const auto parsed = ParseRefreshToken(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->session_id == "session-1");
  CHECK(parsed->generation == 7);
  CHECK(parsed->secret == token.secret);
  for (const std::string& bad :
       {std::string(), std::string("a.b"), std::string("a.1.short"), text + "A", "." + text,
        absl::StrReplaceAll(text, {{".7.", ".07."}}), absl::StrReplaceAll(text, {{".7.", ".-7."}}),
        std::string(1000, 'a')}) {
    CHECK_FALSE(ParseRefreshToken(bad).has_value());
  }
}

// A session whose tokens the test holds.
struct Chain {
  Secrets secrets = TestSecrets();
  std::vector<std::string> tokens = {std::string(32, 's')};
  SessionRow row = NewSession("s", "a", {FACTOR_KIND_KNOWLEDGE}, tokens[0], false, kNow);

  PresentedToken At(uint32_t generation) {
    return Examine({.session_id = "s", .generation = generation, .secret = tokens[generation]}, row,
                   secrets);
  }
  void Refresh(absl::Time now) {
    Rotate(row, At(row.generation()), false, now);
    tokens.push_back(secrets.Successor(tokens.back()));
  }
};

TEST_CASE(
    "the newest token rotates, the last one is re-issued for ten seconds, older ones are re-use") {
  Chain chain;
  CHECK(Judge(chain.row, chain.At(0), kNow) == RefreshVerdict::kRotate);
  chain.Refresh(kNow);
  CHECK(Judge(chain.row, chain.At(1), kNow) == RefreshVerdict::kRotate);
  CHECK(Judge(chain.row, chain.At(0), kNow + absl::Seconds(10)) == RefreshVerdict::kReissue);
  CHECK(Judge(chain.row, chain.At(0), kNow + absl::Seconds(11)) == RefreshVerdict::kReused);
  chain.Refresh(kNow + absl::Seconds(1));
  chain.Refresh(kNow + absl::Seconds(2));
  CHECK(Judge(chain.row, chain.At(3), kNow) == RefreshVerdict::kRotate);
  CHECK(Judge(chain.row, chain.At(2), kNow + absl::Seconds(3)) == RefreshVerdict::kReissue);
  CHECK(Judge(chain.row, chain.At(1), kNow + absl::Seconds(3)) == RefreshVerdict::kReused);
  CHECK(Judge(chain.row, chain.At(0), kNow + absl::Seconds(3)) == RefreshVerdict::kReused);

  SECTION("a guess is no re-use: it cannot end the session") {
    const RefreshToken guess{.session_id = "s",
                             .generation = GENERATE(0u, 1u, 2u, 3u, 4u, 99u),
                             .secret = std::string(32, 'x')};
    CHECK(Judge(chain.row, Examine(guess, chain.row, chain.secrets), kNow) ==
          RefreshVerdict::kInvalid);
  }
  SECTION("a session that is over has no good token") {
    End(chain.row, SessionRow::END_REASON_REVOKED, kNow);
    CHECK(Judge(chain.row, chain.At(3), kNow) == RefreshVerdict::kInvalid);
  }
  SECTION("nor one that was idle") {
    CHECK(Judge(chain.row, chain.At(3), kNow + absl::Minutes(61)) == RefreshVerdict::kInvalid);
  }
}

TEST_CASE("a session ends when idle, and at the latest after a day; an officer's sooner") {
  const bool officer = GENERATE(false, true);
  const absl::Duration idle = officer ? absl::Minutes(15) : absl::Hours(1);
  const absl::Duration longest = officer ? absl::Hours(12) : absl::Hours(24);
  SessionRow row = NewSession("s", "a", {FACTOR_KIND_KNOWLEDGE}, "secret", officer, kNow);
  CHECK(FromTimestamp(row.idle_expire_time()) == kNow + idle);
  CHECK(FromTimestamp(row.expire_time()) == kNow + longest);
  CHECK(IsLive(row, kNow + idle - absl::Seconds(1)));
  CHECK_FALSE(IsLive(row, kNow + idle));
  Rotate(row, {}, officer, kNow + longest - absl::Minutes(1));
  CHECK(FromTimestamp(row.idle_expire_time()) == kNow + longest);
}

TEST_CASE("who becomes an officer meanwhile gets an officer's times") {
  SessionRow row = NewSession("s", "a", {FACTOR_KIND_KNOWLEDGE}, "secret", false, kNow);
  Rotate(row, {}, true, kNow + absl::Hours(1));
  CHECK(FromTimestamp(row.expire_time()) == kNow + absl::Hours(12));
  CHECK(FromTimestamp(row.idle_expire_time()) == kNow + absl::Hours(1) + absl::Minutes(15));
}

TEST_CASE("a device's challenge is known again, for its person alone") {
  const Secrets secrets = TestSecrets();
  const DeviceChallenge made =
      MakeDeviceChallenge(secrets, "001090123456", kNow + kChallengeLife, std::string(16, 'r'));
  CHECK(made.nonce.size() == 32);
  const auto parsed = ParseDeviceChallenge(secrets, "001090123456", made.challenge_id);
  REQUIRE(parsed.has_value());
  CHECK(parsed->nonce == made.nonce);
  CHECK(parsed->expire_time == kNow + kChallengeLife);
  CHECK_FALSE(ParseDeviceChallenge(secrets, "001090123457", made.challenge_id).has_value());
  std::string altered = made.challenge_id;
  altered[20] = altered[20] == 'A' ? 'B' : 'A';
  CHECK_FALSE(ParseDeviceChallenge(secrets, "001090123456", altered).has_value());
  CHECK_FALSE(ParseDeviceChallenge(secrets, "001090123456", "id-1").has_value());
  CHECK_FALSE(
      ParseDeviceChallenge(Secrets(std::string(32, 'x'), {}), "001090123456", made.challenge_id)
          .has_value());
}

TEST_CASE("one-time codes are six digits and differ by challenge and by service") {
  const Secrets secrets = TestSecrets();
  const std::string code = secrets.CodeOf("id-1");
  CHECK(code.size() == 6);
  CHECK(code.find_first_not_of("0123456789") == std::string::npos);
  CHECK(secrets.CodeOf("id-1") == code);
  CHECK(secrets.CodeOf("id-2") != code);
  CHECK(Secrets(std::string(32, 'x'), {}).CodeOf("id-1") != code);
  CHECK(secrets.SubjectOf("001090123456").find("001090123456") == std::string::npos);
}

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST_CASE("level 2 begins on the sixth birthday, counted at UTC+7") {
  // 2025-03-02 17:00 UTC is 00:00 of 3 March in Vietnam.
  const absl::Time midnight = absl::FromUnixSeconds(1'740'934'800);
  CHECK(IsOldEnough(Date(2019, 3, 3), midnight));
  CHECK_FALSE(IsOldEnough(Date(2019, 3, 3), midnight - absl::Seconds(1)));
  CHECK_FALSE(IsOldEnough(Date(2019, 3, 4), midnight));
  CHECK(IsOldEnough(Date(1950, 1, 1), midnight));
}

TEST_CASE("the activation window is seven days, its end a working day") {
  const auto window = eid::testing::Value(
      ActivationWindow(kNow, calendar::TestLegalPeriods(), calendar::TestCalendar()));
  CHECK(window.last_day == absl::CivilDay(2025, 3, 10));
  CHECK(window.period_version == "D69");
  v1::Account account;
  account.set_state(v1::Account::STATE_GRANTED);
  *account.mutable_activation_expire_time() = ToTimestamp(window.due_time);
  CHECK(StateAt(account, window.due_time - absl::Seconds(1)) == v1::Account::STATE_GRANTED);
  CHECK(StateAt(account, window.due_time) == v1::Account::STATE_ACTIVATION_EXPIRED);
  account.set_state(v1::Account::STATE_ACTIVE);
  CHECK(StateAt(account, window.due_time) == v1::Account::STATE_ACTIVE);
}

TEST_CASE("the population database's answer decides, and tells which fields differ") {
  using verification::v1::CheckPersonResponse;
  CheckPersonResponse answer;
  const auto say = [&](const char* field, verification::v1::Verdict what,
                       verification::v1::VerdictReason why =
                           verification::v1::VERDICT_REASON_UNSPECIFIED) {
    auto& added = *answer.add_verdicts();
    added.set_field(field);
    added.set_verdict(what);
    added.set_reason(why);
  };
  const auto fields = [&] {
    const absl::Status status = JudgePerson(answer);
    CHECK(HasReason(status, v1::ERROR_REASON_PERSON_MISMATCH));
    return DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("fields");
  };
  constexpr auto kMatch = verification::v1::VERDICT_MATCH;
  constexpr auto kMismatch = verification::v1::VERDICT_MISMATCH;
  constexpr auto kUnknown = verification::v1::VERDICT_NOT_AVAILABLE;
  answer.set_outcome(verification::v1::LOOKUP_OUTCOME_NOT_FOUND);
  CHECK(HasReason(JudgePerson(answer), v1::ERROR_REASON_PERSON_NOT_FOUND));

  // Found, but nothing was compared.
  answer.set_outcome(verification::v1::LOOKUP_OUTCOME_MATCH);
  CHECK(fields() == "birth_date,full_name,personal_id");
  say("personal_id", kMatch);
  say("birth_date", kMatch);
  SECTION("the name is not known") {
    say("full_name", kUnknown);
    CHECK(fields() == "full_name");
  }
  SECTION("the phone is not known") {
    say("full_name", kMatch);
    say("phone", kUnknown);
    CHECK_OK(JudgePerson(answer));
  }
  SECTION("name and phone differ") {
    answer.set_outcome(verification::v1::LOOKUP_OUTCOME_MISMATCH);
    say("full_name", kMismatch, verification::v1::VERDICT_REASON_VALUE_DIFFERS);
    say("phone", kMismatch, verification::v1::VERDICT_REASON_VALUE_DIFFERS);
    CHECK(fields() == "full_name,phone");
    say("personal_id", kMismatch, verification::v1::VERDICT_REASON_PERSON_NOT_ACTIVE);
    CHECK(HasReason(JudgePerson(answer), v1::ERROR_REASON_PERSON_NOT_ELIGIBLE));
  }
  SECTION("the phone alone differs") {
    say("full_name", kMatch);
    say("phone", kMismatch);
    CHECK(fields() == "phone");
  }
  SECTION("no outcome") {
    answer.Clear();
    CHECK(JudgePerson(answer).code() == absl::StatusCode::kInternal);
  }
}

TEST_CASE("masks show the last three characters") {
  CHECK(Masked("001090123456") == "*********456");
  CHECK(Masked("abc") == "***");
  CHECK(Masked("").empty());
}

}  // namespace
}  // namespace eid::identity
