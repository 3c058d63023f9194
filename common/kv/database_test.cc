// SPDX-License-Identifier: Apache-2.0
#include "common/kv/database.h"

#include <atomic>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/feed.h"
#include "common/kv/testing/things.h"
#include "common/status/status.h"
#include "common/sync/turn.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::kv::testing {
namespace {

Database::Body Insert(std::string id) {
  return [id = std::move(id)](Txn& txn) { return Things().Insert(txn, MakeThing(id)); };
}

bool Has(Database& store, const std::string& id) {
  return Value(Things().Has(*store.Read(), KeyOf(id)));
}

TEST_CASE("revisions count the transactions that wrote") {
  const auto store = OpenStore();
  CHECK(store->revision() == 0);
  CHECK(store->Read()->revision() == 0);
  CHECK(Value(store->TransactAndWait(Insert("a"))) == 1);
  CHECK(Value(store->TransactAndWait([](Txn& txn) {
          CHECK(txn.revision() == 2);
          return absl::OkStatus();
        })) == 1);
  CHECK_FALSE(store->TransactAndWait(Insert("a")).ok());
  CHECK(Value(store->TransactAndWait(Insert("b"))) == 2);
  CHECK(store->revision() == 2);
  CHECK(store->Read()->revision() == 2);
}

TEST_CASE("who reads twice finds what it wrote between, and the next what that left") {
  const auto store = OpenStore();
  std::vector<std::string> found;
  const auto read = [&](Txn& txn) {
    found.push_back(Value(txn.Get(Space::kRows, "key")).value_or("nothing"));
  };
  // Each after a transaction that writes nothing: by then the store has all, and no batch is between.
  const auto run = [&](const std::function<void(Txn&)>& body, bool keep = true) {
    REQUIRE_OK(store->TransactAndWait([](Txn&) { return absl::OkStatus(); }));
    const auto ended = store->TransactAndWait([&](Txn& txn) {
      body(txn);
      return keep ? absl::OkStatus() : absl::AbortedError("undone");
    });
    CHECK(ended.ok() == keep);
  };
  run([](Txn& txn) { txn.Put(Space::kRows, "key", "first"); });
  run(
      [&](Txn& txn) {
        read(txn);
        txn.Put(Space::kRows, "key", "undone");
        read(txn);
        txn.Delete(Space::kRows, "key");
        read(txn);
      },
      false);
  run([&](Txn& txn) {
    read(txn);
    txn.Put(Space::kRows, "key", "second");
    read(txn);
  });
  run([&](Txn& txn) {
    read(txn);
    read(txn);
    txn.Delete(Space::kRows, "key");
  });
  run(read);
  run([](Txn& txn) { txn.Put(Space::kRows, "key", "third"); });
  run(read);
  CHECK(found == std::vector<std::string>{"first", "undone", "nothing", "first", "second", "second",
                                          "second", "nothing", "third"});
}

TEST_CASE("a snapshot stays as it was") {
  const auto store = OpenStore();
  REQUIRE_OK(store->TransactAndWait(Insert("a")));
  const auto before = store->Read();
  REQUIRE_OK(store->TransactAndWait(Insert("b")));
  CHECK_FALSE(Value(Things().Has(*before, KeyOf("b"))));
  CHECK(before->revision() == 1);
  CHECK(Has(*store, "b"));
}

TEST_CASE("transactions of one batch see each other, and one sync makes all durable") {
  const auto store = OpenStore();
  const uint64_t syncs = store->statistics().syncs;
  Outcome first;
  Outcome failed;
  Outcome taken;
  Outcome reads;
  Outcome last;
  std::vector<std::string> seen;
  {
    const BusyWriter busy(*store);
    store->Transact(Insert("a"), first.Callback());
    store->Transact(
        [](Txn& txn) {
          absl::Status status = Things().Insert(txn, MakeThing("gone"));
          status.Update(Things().Delete(txn, KeyOf("a")));
          txn.Announce(1, "gone");
          status.Update(absl::AbortedError("changed my mind"));
          return status;
        },
        failed.Callback());
    store->Transact(Insert("a"), taken.Callback());
    store->Transact(
        [&](Txn& txn) {
          return Things().Scan(txn, {}, [&](const Thing& thing, absl::string_view) {
            seen.push_back(thing.id());
            return true;
          });
        },
        reads.Callback());
    store->Transact(Insert("b"), last.Callback());
    CHECK_FALSE(first.Ready());
    CHECK(store->statistics().queue_depth == 5);
  }
  CHECK(Value(first.Get()) == 1);
  CHECK(failed.Get().status().code() == absl::StatusCode::kAborted);
  CHECK(taken.Get().status().code() == absl::StatusCode::kAlreadyExists);
  CHECK(Value(reads.Get()) == 1);
  CHECK(Value(last.Get()) == 2);
  CHECK(seen == std::vector<std::string>{"a"});
  CHECK(Has(*store, "a"));
  CHECK_FALSE(Has(*store, "gone"));
  CHECK(store->statistics().syncs == syncs + 1);
  CHECK(Value(store->feed().Read(0, 10)).empty());
}

TEST_CASE("the transactions of a batch are answered in turns of sixty-four") {
  constexpr int kJobs = 70, kATurn = 64;
  const auto store = OpenStore();
  std::vector<std::string> said;
  std::promise<void> ended;
  {
    const BusyWriter busy(*store);
    for (int i = 0; i < kJobs; ++i) {
      store->Transact(Insert(absl::StrCat(i)), [&, i](const absl::StatusOr<uint64_t>&) {
        said.push_back(absl::StrCat("answer ", i));
        Turn::AtEnd([&, i] {
          said.push_back(absl::StrCat("end ", i));
          if (i + 1 == kJobs) ended.set_value();
        });
      });
    }
  }
  ended.get_future().wait();
  std::vector<std::string> wanted;
  for (const auto& [begin, end] : {std::pair(0, kATurn), std::pair(kATurn, kJobs)}) {
    for (const char* what : {"answer ", "end "}) {
      for (int i = begin; i < end; ++i) wanted.push_back(absl::StrCat(what, i));
    }
  }
  CHECK(said == wanted);
}

TEST_CASE("bodies that fail or write nothing cost no sync") {
  const auto store = OpenStore();
  const uint64_t syncs = store->statistics().syncs;
  CHECK_OK(store->TransactAndWait([](Txn&) { return absl::OkStatus(); }));
  CHECK_FALSE(store->TransactAndWait([](Txn&) { return absl::AbortedError("no"); }).ok());
  CHECK(store->statistics().syncs == syncs);
}

TEST_CASE("large transactions do not all go into one batch") {
  const auto store = OpenStore();
  constexpr int kCount = 10;
  Outcome outcomes[kCount];
  const uint64_t syncs = store->statistics().syncs;
  {
    const BusyWriter busy(*store);
    for (int i = 0; i < kCount; ++i) {
      store->Transact(
          [i](Txn& txn) {
            Thing thing = MakeThing(absl::StrCat(i));
            thing.set_text(std::string(size_t{4} << 20, 'x'));
            return Things().Insert(txn, thing);
          },
          outcomes[i].Callback());
    }
  }
  for (int i = 0; i < kCount; ++i) CHECK(Value(outcomes[i].Get()) == static_cast<uint64_t>(i) + 1);
  CHECK(store->statistics().syncs == syncs + 5);
}

TEST_CASE("a full queue refuses at once and says when to try again") {
  const auto store = OpenStore({.in_memory = true, .max_queue = 2});
  Outcome first;
  Outcome second;
  Outcome third;
  {
    const BusyWriter busy(*store);
    store->Transact(Insert("a"), first.Callback());
    store->Transact(Insert("b"), second.Callback());
    store->Transact(Insert("c"), third.Callback());
    REQUIRE(third.Ready());
    const absl::Status status = third.Get().status();
    CHECK(status.code() == absl::StatusCode::kResourceExhausted);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_OVERLOADED));
    CHECK(DetailOf<google::rpc::RetryInfo>(status).has_value());
  }
  CHECK_OK(first.Get());
  CHECK_OK(second.Get());
  CHECK_FALSE(Has(*store, "c"));
  CHECK(store->statistics().refused == 1);
}

TEST_CASE("a transaction whose deadline has passed is dropped before it begins") {
  FakeClock clock;
  const auto store = OpenStore({.in_memory = true, .clock = &clock});
  Outcome late;
  Outcome in_time;
  {
    const BusyWriter busy(*store);
    store->Transact(Insert("a"), late.Callback(), clock.TimeNow() + absl::Seconds(1));
    store->Transact(Insert("b"), in_time.Callback(), clock.TimeNow() + absl::Seconds(3));
    clock.Advance(absl::Seconds(2));
  }
  const absl::Status status = late.Get().status();
  CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_DEADLINE_TOO_SHORT));
  CHECK_OK(in_time.Get());
  CHECK_FALSE(Has(*store, "a"));
  CHECK(Has(*store, "b"));
  CHECK(store->statistics().expired == 1);
}

TEST_CASE("closing finishes what waits and refuses what comes") {
  auto store = OpenStore();
  Outcome waiting;
  Outcome late;
  Database& database = *store;
  auto busy = std::make_unique<BusyWriter>(database);
  store->Transact(Insert("a"), [&](absl::StatusOr<uint64_t> revision) {
    // Runs while the store closes, or just before: that it is answered at all is what matters.
    waiting.Callback()(std::move(revision));
    database.Transact(Insert("b"), late.Callback());
  });
  busy->Release();
  store.reset();
  CHECK_OK(waiting.Get());
  REQUIRE(late.Ready());
  const absl::StatusOr<uint64_t> outcome = late.Get();
  if (!outcome.ok()) {
    CHECK(outcome.status().code() == absl::StatusCode::kUnavailable);
    CHECK(HasReason(outcome.status(), policy::v1::COMMON_REASON_SHUTTING_DOWN));
  }
}

TEST_CASE("a full volume refuses changes, answers reads, and takes changes again") {
  std::atomic<uint64_t> free = 1'000'000;
  const auto store = OpenStore(
      {.in_memory = true, .min_free_bytes = 1'000, .free_bytes = [&] { return free.load(); }});
  REQUIRE_OK(store->TransactAndWait(Insert("a")));
  free = 999;
  CHECK(store->statistics().out_of_space);
  Outcome refused;
  Outcome read_what_never_was;
  {
    const BusyWriter busy(*store);
    store->Transact(Insert("b"), refused.Callback());
    store->Transact(Insert("b"), read_what_never_was.Callback());
  }
  const absl::Status status = refused.Get().status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(DetailOf<google::rpc::RetryInfo>(status).has_value());
  CHECK(read_what_never_was.Get().status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(Has(*store, "a"));
  CHECK_FALSE(Has(*store, "b"));
  CHECK(store->revision() == 1);
  free = 1'000;
  CHECK(Value(store->TransactAndWait(Insert("b"))) == 2);
  CHECK_FALSE(store->statistics().out_of_space);
}

TEST_CASE("a transaction has one time, the clock's when its turn came") {
  FakeClock clock;
  const auto store = OpenStore({.in_memory = true, .clock = &clock});
  CHECK_OK(store->TransactAndWait([&](Txn& txn) {
    clock.Advance(absl::Hours(1));
    CHECK(txn.time() == clock.TimeNow() - absl::Hours(1));
    return absl::OkStatus();
  }));
  CHECK(&store->clock() == &clock);
}

TEST_CASE("a scan keeps to its prefix and goes on beyond its position") {
  const auto store = OpenStore();
  REQUIRE_OK(store->TransactAndWait([](Txn& txn) {
    for (const char* const key : {"a", "b", "b1", "b2", "b3", "c"}) txn.Put(Space::kRows, key, key);
    return absl::OkStatus();
  }));
  const auto scan = [&](const Reader& reader, const KeyRange& range) {
    std::string keys;
    REQUIRE_OK(
        reader.Scan(Space::kRows, range, [&](absl::string_view key, absl::string_view value) {
          CHECK(key == value);
          absl::StrAppend(&keys, key, " ");
          return true;
        }));
    return keys;
  };
  const auto check = [&](const Reader& reader) {
    CHECK(scan(reader, {}) == "a b b1 b2 b3 c ");
    CHECK(scan(reader, {.descending = true}) == "c b3 b2 b1 b a ");
    CHECK(scan(reader, {.prefix = "b"}) == "b b1 b2 b3 ");
    CHECK(scan(reader, {.prefix = "b", .descending = true}) == "b3 b2 b1 b ");
    CHECK(scan(reader, {.prefix = "b", .after = "b1"}) == "b2 b3 ");
    CHECK(scan(reader, {.prefix = "b", .after = "b15"}) == "b2 b3 ");
    CHECK(scan(reader, {.prefix = "b", .after = "b2", .descending = true}) == "b1 b ");
    CHECK(scan(reader, {.prefix = "b", .after = "b25", .descending = true}) == "b2 b1 b ");
    CHECK(scan(reader, {.prefix = "b", .after = "a"}) == "b b1 b2 b3 ");
    CHECK(scan(reader, {.prefix = "b", .after = "c"}).empty());
    CHECK(scan(reader, {.prefix = "b", .after = "c", .descending = true}) == "b3 b2 b1 b ");
    CHECK(scan(reader, {.prefix = "x"}).empty());
    CHECK(scan(reader, {.prefix = "x", .descending = true}).empty());
  };
  check(*store->Read());
  // The same, half of it in the batch only.
  REQUIRE_OK(store->TransactAndWait([&](Txn& txn) {
    for (const char* const key : {"a", "b1", "b3"}) txn.Delete(Space::kRows, key);
    CHECK(scan(txn, {.prefix = "b", .descending = true}) == "b2 b ");
    for (const char* const key : {"a", "b1", "b3"}) txn.Put(Space::kRows, key, key);
    check(txn);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace eid::kv::testing
