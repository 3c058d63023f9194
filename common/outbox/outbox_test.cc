// SPDX-License-Identifier: Apache-2.0
#include "common/outbox/outbox.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/outbox/message_table.h"
#include "common/status/macros.h"
#include "common/sync/mutex.h"
#include "common/testing/catch.h"
#include "common/testing/eventually.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"

namespace eid::outbox {
namespace {

using testing::Eventually;

constexpr uint32_t kTable = 9;
constexpr uint32_t kTopic = 5;

// A receiver that answers as told. What it is sent is its id.
class Receiver {
 public:
  Sender sender() {
    return [this](const std::string& payload, Done done) {
      absl::Status answer;
      {
        MutexLock lock(mu_);
        received_.push_back(payload);
        changed_.notify_all();
        most_open_ = std::max(most_open_, open_.size() + 1);
        if (hold_) {
          open_.emplace_back(payload, std::move(done));
          return;
        }
        if (!answers_.empty()) {
          answer = answers_.front();
          answers_.pop_front();
        }
      }
      done(answer);
    };
  }

  void Script(std::deque<absl::Status> answers) {
    MutexLock lock(mu_);
    answers_ = std::move(answers);
  }
  // Keeps calls open instead of answering them.
  void Hold() {
    MutexLock lock(mu_);
    hold_ = true;
  }
  // Answers the open ones, and all that come.
  void Release() {
    std::vector<std::pair<std::string, Done>> open;
    {
      MutexLock lock(mu_);
      hold_ = false;
      open.swap(open_);
    }
    for (auto& [id, done] : open) done(absl::OkStatus());
  }

  std::vector<std::string> Await(size_t count) {
    MutexLock lock(mu_);
    while (received_.size() < count && lock.WaitAtMost(changed_, absl::Seconds(20))) {
    }
    return received_;
  }
  size_t most_open() {
    MutexLock lock(mu_);
    return most_open_;
  }

 private:
  Mutex mu_;
  std::condition_variable changed_;
  std::vector<std::string> received_;
  std::deque<absl::Status> answers_;
  std::vector<std::pair<std::string, Done>> open_;
  size_t most_open_ = 0;
  bool hold_ = false;
};

std::unique_ptr<kv::Database> OpenStore(const Clock& clock) {
  return testing::Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
}

void Enqueue(kv::Database& database, const Outbox& outbox, std::string id,
             absl::Time expire_time = absl::InfiniteFuture()) {
  REQUIRE_OK(database.TransactAndWait([&](kv::Txn& txn) {
    return outbox.Enqueue(txn, {.message_id = id, .payload = id, .expire_time = expire_time});
  }));
}

size_t Waiting(kv::Database& database) {
  size_t rows = 0;
  REQUIRE_OK(MessageTable(kTable).ScanKeys(*database.Read(), {.index = kByDueTime},
                                           [&](absl::string_view, absl::string_view) {
                                             ++rows;
                                             return true;
                                           }));
  return rows;
}

const Options kOptions = {.table_number = kTable, .feed_topic = kTopic};

TEST_CASE("what is committed is sent once and struck out") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  std::atomic<int> marked = 0;
  Options options = kOptions;
  options.on_sent = [&](kv::Txn&, absl::string_view id) {
    marked += id == "m1" ? 1 : 0;
    return absl::OkStatus();
  };
  Outbox outbox(*database, clock, options, receiver.sender());
  outbox.Start();

  Enqueue(*database, outbox, "m1");
  CHECK(receiver.Await(1) == std::vector<std::string>{"m1"});
  CHECK(Eventually([&] { return outbox.statistics().sent == 1; }));
  CHECK(marked == 1);
  CHECK(Waiting(*database) == 0);
  CHECK(outbox.statistics().in_flight == 0);
}

TEST_CASE("what is not committed is not sent") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  Outbox outbox(*database, clock, kOptions, receiver.sender());
  outbox.Start();
  const auto undone = database->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
    CHECK_OK(outbox.Enqueue(txn, {.message_id = "lost", .payload = "lost"}));
    return absl::AbortedError("changed its mind");
  });
  CHECK(absl::IsAborted(undone.status()));
  Enqueue(*database, outbox, "kept");
  CHECK(receiver.Await(1) == std::vector<std::string>{"kept"});
  CHECK(Eventually([&] { return outbox.statistics().sent == 1; }));
}

TEST_CASE("an id waits once") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Outbox outbox(*database, clock, kOptions, [](const std::string&, const Done&) {});
  Enqueue(*database, outbox, "m1");
  const auto again = database->TransactAndWait(
      [&](kv::Txn& txn) { return outbox.Enqueue(txn, {.message_id = "m1", .payload = "other"}); });
  CHECK(absl::IsAlreadyExists(again.status()));
}

TEST_CASE("a crash between sending and marking: sent again under the same id") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Hold();
  {
    Outbox outbox(*database, clock, kOptions, receiver.sender());
    outbox.Start();
    Enqueue(*database, outbox, "m1");
    CHECK(receiver.Await(1) == std::vector<std::string>{"m1"});
  }
  CHECK(Waiting(*database) == 1);
  receiver.Release();  // the answer comes too late, and does no harm
  CHECK(Waiting(*database) == 1);

  Outbox after(*database, clock, kOptions, receiver.sender());
  after.Start();
  CHECK(receiver.Await(2) == std::vector<std::string>{"m1", "m1"});
  CHECK(Eventually([&] { return Waiting(*database) == 0; }));
}

TEST_CASE("an owner that cannot mark it: sent again") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  std::atomic<int> calls = 0;
  Options options = kOptions;
  options.on_sent = [&](kv::Txn&, absl::string_view) {
    return ++calls == 1 ? absl::DataLossError("broken") : absl::OkStatus();
  };
  Outbox outbox(*database, clock, options, receiver.sender());
  outbox.Start();
  Enqueue(*database, outbox, "m1");
  receiver.Await(1);
  REQUIRE(Eventually([&] { return calls == 1 && outbox.statistics().in_flight == 0; }));
  CHECK(outbox.statistics().sent == 0);
  clock.Advance(absl::Seconds(2));
  outbox.Wake();
  CHECK(receiver.Await(2).size() == 2);
  CHECK(Eventually([&] { return outbox.statistics().sent == 1; }));
}

TEST_CASE("failures are repeated after 1 s, 2 s, 4 s, … and at most 5 min") {
  CHECK(PauseAfter(1, kOptions) == absl::Seconds(1));
  CHECK(PauseAfter(2, kOptions) == absl::Seconds(2));
  CHECK(PauseAfter(9, kOptions) == absl::Seconds(256));
  CHECK(PauseAfter(10, kOptions) == absl::Minutes(5));
  CHECK(PauseAfter(1'000'000, kOptions) == absl::Minutes(5));

  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Script({absl::UnavailableError("away"), absl::DeadlineExceededError("slow"),
                   absl::InternalError("broken")});
  Outbox outbox(*database, clock, kOptions, receiver.sender());
  outbox.Start();
  Enqueue(*database, outbox, "m1");
  uint64_t failures = 0;
  for (const absl::Duration pause : {absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)}) {
    ++failures;
    REQUIRE(Eventually([&] { return outbox.statistics().retried == failures; }));
    clock.Advance(pause - absl::Nanoseconds(1));
    outbox.Wake();
    CHECK(receiver.Await(failures).size() == failures);
    clock.Advance(absl::Nanoseconds(1));
    outbox.Wake();
    REQUIRE(receiver.Await(failures + 1).size() == failures + 1);
  }
  CHECK(Eventually([&] { return outbox.statistics().sent == 1; }));
  CHECK(Waiting(*database) == 0);
}

TEST_CASE("the pause survives a restart") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Script({absl::UnavailableError("away")});
  {
    Outbox outbox(*database, clock, kOptions, receiver.sender());
    outbox.Start();
    Enqueue(*database, outbox, "m1");
    REQUIRE(Eventually([&] { return outbox.statistics().retried == 1; }));
  }
  const MessageRow row =
      testing::Value(MessageTable(kTable).Get(*database->Read(), kv::KeyOf("m1")));
  CHECK(FromTimestamp(row.due_time()) == clock.TimeNow() + absl::Seconds(1));
  CHECK(row.last_problem() == "UNAVAILABLE");
}

TEST_CASE("what the receiver refuses for good is parked, seen, and counted after a restart") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Script({absl::InvalidArgumentError("bad address 0912345678")});
  {
    Outbox outbox(*database, clock, kOptions, receiver.sender());
    outbox.Start();
    Enqueue(*database, outbox, "m1");
    REQUIRE(Eventually([&] { return outbox.statistics().parked == 1; }));
    const auto parked = testing::Value(outbox.ListParked(10));
    REQUIRE(parked.size() == 1);
    CHECK(parked[0].message_id == "m1");
    CHECK(parked[0].problem == "INVALID_ARGUMENT");
    CHECK(parked[0].enqueue_time == clock.TimeNow());
  }
  const MessageRow row =
      testing::Value(MessageTable(kTable).Get(*database->Read(), kv::KeyOf("m1")));
  CHECK(row.payload().empty());
  Outbox after(*database, clock, kOptions, receiver.sender());
  after.Start();
  CHECK(after.statistics().parked == 1);
  Enqueue(*database, after, "m2");
  CHECK(receiver.Await(2) == std::vector<std::string>{"m1", "m2"});
}

TEST_CASE("a worthless message is dropped, also while it waits for its next attempt") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Script({absl::UnavailableError("away")});
  Outbox outbox(*database, clock, kOptions, receiver.sender());
  Enqueue(*database, outbox, "stale", clock.TimeNow());
  Enqueue(*database, outbox, "code", clock.TimeNow() + absl::Milliseconds(500));
  outbox.Start();
  CHECK(receiver.Await(1) == std::vector<std::string>{"code"});
  REQUIRE(Eventually([&] {
    const Statistics s = outbox.statistics();
    return s.expired == 1 && s.retried == 1;
  }));
  clock.Advance(absl::Milliseconds(500));
  outbox.Wake();
  CHECK(Eventually([&] { return outbox.statistics().expired == 2; }));
  CHECK(receiver.Await(1).size() == 1);
  CHECK(Waiting(*database) == 0);
}

TEST_CASE("messages begin in the order in which they were enqueued") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  Options options = kOptions;
  options.max_in_flight = 1;
  Outbox outbox(*database, clock, options, receiver.sender());
  std::vector<std::string> expected;
  for (int i = 20; i > 0; --i) expected.push_back(absl::StrCat("m", i));
  REQUIRE_OK(database->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
    for (int i = 0; i < 10; ++i)
      RETURN_IF_ERROR(outbox.Enqueue(txn, {.message_id = expected[i], .payload = expected[i]}));
    return absl::OkStatus();
  }));
  for (int i = 10; i < 20; ++i) Enqueue(*database, outbox, expected[i]);
  outbox.Start();
  CHECK(receiver.Await(20) == expected);
  CHECK(Eventually([&] { return outbox.statistics().sent == 20; }));
}

TEST_CASE("never more under way than allowed, and all of them arrive", "[threads]") {
  FakeClock clock;
  auto database = OpenStore(clock);
  Receiver receiver;
  receiver.Hold();
  Options options = kOptions;
  options.max_in_flight = 3;
  Outbox outbox(*database, clock, options, receiver.sender());
  outbox.Start();
  std::vector<std::thread> writers;
  std::atomic<int> errors = 0;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 25; ++i) {
        const std::string id = absl::StrCat("w", writer, ".", i);
        errors += !database
                       ->TransactAndWait([&](kv::Txn& txn) {
                         return outbox.Enqueue(txn, {.message_id = id, .payload = id});
                       })
                       .ok();
      }
    });
  }
  receiver.Await(3);
  for (std::thread& writer : writers) writer.join();
  CHECK(errors == 0);
  CHECK(outbox.statistics().in_flight == 3);
  receiver.Release();
  std::map<std::string, int> times;
  for (const std::string& id : receiver.Await(100)) ++times[id];
  CHECK(Eventually([&] { return outbox.statistics().sent == 100; }));
  CHECK(times.size() == 100);
  CHECK(receiver.most_open() <= 3);
  CHECK(Waiting(*database) == 0);
}

TEST_CASE("a sender that forgets to answer has failed") {
  FakeClock clock;
  auto database = OpenStore(clock);
  std::atomic<int> calls = 0;
  Outbox outbox(*database, clock, kOptions, [&](const std::string&, const Done&) { ++calls; });
  outbox.Start();
  Enqueue(*database, outbox, "m1");
  CHECK(Eventually([&] { return outbox.statistics().retried == 1; }));
  CHECK(calls == 1);
}

}  // namespace
}  // namespace eid::outbox
