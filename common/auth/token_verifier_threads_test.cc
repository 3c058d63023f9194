// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/testing/token_forge.h"
#include "common/auth/token.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/fake_clock.h"

namespace eid::auth {
namespace {

TEST_CASE("verifying goes on while keys change, and an ended session stays ended", "[threads]") {
  FakeClock clock;
  TokenForge forge(clock);
  TokenVerifier verifier(clock, 8);
  policy::v1::SigningKeySet ended = forge.Keys();
  ended.add_ended_sessions("over");
  verifier.SetKeys(ended);

  policy::v1::AccessClaims over;
  over.set_sid("over");
  const std::string bad = forge.Token(over);
  std::vector<std::string> good;
  for (int i = 0; i < 16; ++i) {
    policy::v1::AccessClaims wanted;
    wanted.set_jti(absl::StrCat("token-", i));
    good.push_back(forge.Token(wanted));
  }

  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const int n = (i + t) % 16;
        const auto claims = verifier.Verify(good[n]);
        wrong += !claims.ok() || (*claims)->jti() != absl::StrCat("token-", n);
        wrong += verifier.Verify(bad).ok();
        wrong += !verifier.has_keys();
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 200; ++i) {
      policy::v1::SigningKeySet keys = ended;
      keys.add_ended_sessions(absl::StrCat("other-", i));
      // Now and then the keys themselves change, which empties the memory.
      if (i % 10 == 0) keys.mutable_keys(0)->set_retire_time(4'000'000'000 + i);
      verifier.SetKeys(keys);
    }
  });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace eid::auth
