// SPDX-License-Identifier: Apache-2.0
// What many calls share: for ThreadSanitizer too.
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/token.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"
#include "services/identity/client_limits.h"
#include "services/identity/ended_sessions.h"
#include "services/identity/signing_keys.h"
#include "services/identity/store.h"
#include "services/identity/upkeep.h"

namespace eid::identity {
namespace {

using eid::testing::Value;

constexpr int kThreads = 4;
constexpr int kEach = 200;

// Catch's assertions are for the main thread: threads count what is wrong.
void OnThreads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

policy::v1::AccessClaims Claims(absl::Time now) {
  policy::v1::AccessClaims claims;
  claims.set_sub("account-1");
  claims.set_sid("session-1");
  claims.set_jti("token-1");
  claims.set_iat(absl::ToUnixSeconds(now));
  claims.set_exp(absl::ToUnixSeconds(now) + auth::kMaxLifeSeconds);
  claims.set_account_level(2);
  claims.set_authentication_level(2);
  claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
  return claims;
}

TEST_CASE("a client gets no more than its bucket holds, on however many threads", "[threads]") {
  FakeClock clock;
  ClientLimits limits(clock, {.burst = 100, .per_second = 1, .max_clients = 64});
  std::atomic<int> passed = 0;
  OnThreads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      if (limits.Take("192.0.2.1") == absl::ZeroDuration()) ++passed;
      limits.Take(absl::StrCat("198.51.100.", thread * 4 + i % 4));
    }
  });
  CHECK(passed == 100);
}

TEST_CASE("a session that ended is known to all at once", "[threads]") {
  FakeClock clock;
  EndedSessions ended(clock);
  std::atomic<int> missed = 0;
  OnThreads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      const std::string id = absl::StrCat("session-", thread, "-", i);
      ended.Add({id});
      if (!ended.Contains(id)) ++missed;
      if (i % 50 == 0) ended.List();
    }
  });
  CHECK(missed == 0);
  CHECK(ended.List().size() == kThreads * kEach);
}

TEST_CASE("tokens are signed and believed while keys come and go", "[threads]") {
  FakeClock clock;
  const TemporaryFolder folder;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  const KeyTimes times{.period = absl::Hours(1), .lead = absl::Minutes(10)};
  const auto keys = Value(SigningKeys::Open(*database, clock, folder.path(), times));
  auth::TokenVerifier verifier(clock);
  verifier.SetKeys(keys->PublicKeys());
  Upkeep upkeep(*database, clock, *keys, verifier);
  std::atomic<bool> ready = false;
  std::atomic<int> unsigned_tokens = 0, believed = 0;
  OnThreads([&](int thread) {
    if (thread == 0) {
      // A day: two dozen keys.
      for (int i = 0; i < 48; ++i) {
        clock.Advance(absl::Minutes(30));
        if (!upkeep.RunOnce().ok()) ++unsigned_tokens;
      }
      ready = true;
      return;
    }
    do {
      const auto token = keys->Sign(Claims(clock.TimeNow()));
      if (!token.ok()) {
        ++unsigned_tokens;
      } else if (verifier.Verify(*token).ok()) {
        ++believed;
      }
    } while (!ready);
  });
  CHECK(unsigned_tokens == 0);
  CHECK(believed > 0);
  CHECK(Value(verifier.Verify(Value(keys->Sign(Claims(clock.TimeNow())))))->sub() == "account-1");
}

TEST_CASE("the thread of the upkeep ends when told to, whatever it does", "[threads]") {
  FakeClock clock;
  const TemporaryFolder folder;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  const auto keys = Value(SigningKeys::Open(*database, clock, folder.path(), KeyTimes()));
  auth::TokenVerifier verifier(clock);
  for (const absl::Duration pause : {absl::Nanoseconds(1), absl::Hours(10)}) {
    Upkeep upkeep(*database, clock, *keys, verifier);
    upkeep.Start(pause);
  }
  CHECK_OK(database->TransactAndWait([](kv::Txn&) { return absl::OkStatus(); }).status());
}

}  // namespace
}  // namespace eid::identity
