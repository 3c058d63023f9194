// SPDX-License-Identifier: Apache-2.0
// The thread of the timers beside others that change cases: for ThreadSanitizer too.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/testing/committed.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "services/approval/store.h"
#include "services/approval/timers.h"

namespace eid::approval {
namespace {

using eid::testing::Value;

constexpr int kThreads = 4;
constexpr int kEach = 50;

CaseRow ClaimedUntil(std::string case_id, absl::Time lease) {
  CaseRow row;
  v1::Case& c = *row.mutable_case_();
  c.set_case_id(std::move(case_id));
  c.set_state(v1::Case::STATE_CLAIMED);
  c.set_reviewer_account_id("officer-1");
  *c.mutable_lease_expire_time() = ToTimestamp(lease);
  return row;
}

int CountClaimed(const kv::Database& database) {
  int claimed = 0;
  CHECK_OK(Cases().Scan(*database.Read(), {}, [&](const CaseRow& row, absl::string_view) {
    if (row.case_().state() == v1::Case::STATE_CLAIMED) ++claimed;
    return true;
  }));
  return claimed;
}

TEST_CASE("every lease that is over is found, whoever writes meanwhile", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  Timers timers(*database, clock);
  timers.Start();
  const absl::Time begin = clock.TimeNow();
  std::atomic<int> errors = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        CaseRow row = ClaimedUntil(absl::StrCat("case-", t, "-", i), begin + absl::Minutes(i));
        const auto written =
            database->TransactAndWait([&](kv::Txn& txn) { return SaveCase(txn, row, txn.time()); });
        if (!written.ok()) ++errors;
        clock.Advance(absl::Seconds(1));
        timers.Wake();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(errors == 0);
  clock.SetTime(begin + absl::Hours(2));
  timers.Wake();
  kv::testing::WaitUntil(*database, [&] { return CountClaimed(*database) == 0; });
}

TEST_CASE("the thread of the timers ends when told to", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  for (int i = 0; i < 20; ++i) {
    Timers timers(*database, clock);
    timers.Start();
    if (i % 2 == 0) timers.Wake();
  }
  CHECK(CountClaimed(*database) == 0);
}

}  // namespace
}  // namespace eid::approval
