// SPDX-License-Identifier: Apache-2.0
#include "common/kv/index_head.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/status/macros.h"
#include "common/testing/matchers.h"
#include "rocksdb/perf_context.h"
#include "rocksdb/perf_level.h"

namespace eid::kv::testing {
namespace {

using Ids = std::vector<std::string>;

constexpr char kLane[] = "lane";

struct Seen {
  // Keys of what is due, in order.
  Ids due;
  absl::Time next = absl::InfiniteFuture();
  bool operator==(const Seen& other) const { return due == other.due && next == other.next; }
};

// What a look gives that has enough after so many.
Seen Look(const Reader& reader, IndexHead& head, absl::Time now, size_t most = 1'000'000) {
  Seen seen;
  seen.next = Value(Errands().ScanDue(reader, head, now, [&](absl::string_view key) {
    seen.due.emplace_back(key);
    return seen.due.size() < most;
  }));
  return seen;
}

// The same by a walk over everything.
Seen Expected(const Reader& reader, absl::Time now, size_t most = 1'000'000) {
  Seen seen;
  const RowRange range = {.index = kByDue, .prefix = KeyOf(kLane)};
  REQUIRE_OK(Errands().Scan(reader, range, [&](const Thing& thing, absl::string_view) {
    if (At(thing.state()) > now) {
      seen.next = At(thing.state());
      return false;
    }
    seen.due.push_back(KeyOf(thing.id()));
    return seen.due.size() < most;
  }));
  return seen;
}

Thing Errand(const std::string& id, uint32_t due) { return MakeThing(id, due, "", {kLane}); }

void Put(Database& store, const Thing& thing) {
  REQUIRE_OK(store.TransactAndWait([&](Txn& txn) { return Errands().Put(txn, thing); }));
}

void Delete(Database& store, const std::string& id) {
  REQUIRE_OK(store.TransactAndWait([&](Txn& txn) { return Errands().Delete(txn, KeyOf(id)); }));
}

Seen Due(std::vector<std::string> ids, absl::Time next = absl::InfiniteFuture()) {
  for (std::string& id : ids) id = KeyOf(id);
  return {std::move(ids), next};
}

TEST_CASE("a look gives what is due and when the next will be") {
  const auto store = OpenStore();
  IndexHead head(*store, kErrandTable, kByDue, KeyOf(kLane));
  CHECK(Look(*store->Read(), head, At(9)) == Due({}));
  for (uint32_t i = 1; i <= 4; ++i) Put(*store, Errand(absl::StrCat("e", i), i * 10));
  CHECK(Look(*store->Read(), head, At(9)) == Due({}, At(10)));
  CHECK(Look(*store->Read(), head, At(10)) == Due({"e1"}, At(20)));
  CHECK(Look(*store->Read(), head, At(10) - absl::Nanoseconds(1)) == Due({}, At(10)));
  CHECK(Look(*store->Read(), head, At(30)) == Due({"e1", "e2", "e3"}, At(40)));
  // Had enough.
  CHECK(Look(*store->Read(), head, At(30), 2) == Due({"e1", "e2"}));
  Delete(*store, "e2");
  CHECK(Look(*store->Read(), head, At(30)) == Due({"e1", "e3"}, At(40)));
  Put(*store, Errand("e1", 35));
  CHECK(Look(*store->Read(), head, At(30)) == Due({"e3"}, At(35)));
  Put(*store, Errand("e0", 5));
  CHECK(Look(*store->Read(), head, absl::InfiniteFuture()) == Due({"e0", "e3", "e1", "e4"}));
  // The clock was set back.
  CHECK(Look(*store->Read(), head, At(5)) == Due({"e0"}, At(30)));
  for (const char* id : {"e0", "e1", "e3", "e4"}) Delete(*store, id);
  CHECK(Look(*store->Read(), head, At(50)) == Due({}));
  Put(*store, Errand("again", 50));
  CHECK(Look(*store->Read(), head, At(50)) == Due({"again"}));
}

TEST_CASE("heads see their own part of the index alone") {
  const auto store = OpenStore();
  IndexHead one(*store, kErrandTable, kByDue, KeyOf("one"));
  IndexHead two(*store, kErrandTable, kByDue, KeyOf("two"));
  Put(*store, MakeThing("a", 1, "", {"one"}));
  Put(*store, MakeThing("b", 2, "", {"two"}));
  CHECK(Look(*store->Read(), one, At(9)) == Due({"a"}));
  CHECK(Look(*store->Read(), two, At(9)) == Due({"b"}));
  Put(*store, MakeThing("a", 1, "", {"two"}));
  CHECK(Look(*store->Read(), one, At(9)) == Due({}));
  CHECK(Look(*store->Read(), two, At(9)) == Due({"a", "b"}));
}

TEST_CASE("what was put before the head was there is met, committed or not") {
  const auto store = OpenStore();
  Put(*store, Errand("before", 1));
  Outcome outcome;
  std::unique_ptr<IndexHead> head;
  store->Transact(
      [&](Txn& txn) {
        absl::Status put = Errands().Put(txn, Errand("first", 0));
        // As another thread might, before this is committed.
        head = std::make_unique<IndexHead>(*store, kErrandTable, kByDue, KeyOf(kLane));
        return Look(*store->Read(), *head, At(9)) == Due({"before"})
                   ? put
                   : absl::InternalError("met too much");
      },
      outcome.Callback());
  REQUIRE_OK(outcome.Get());
  CHECK(Look(*store->Read(), *head, At(9)) == Due({"first", "before"}));
}

TEST_CASE("an error of whom it visits ends the look, which loses nothing") {
  const auto store = OpenStore();
  IndexHead head(*store, kErrandTable, kByDue, KeyOf(kLane));
  for (const char* id : {"a", "b", "c"}) Put(*store, Errand(id, 1));
  for (int i = 0; i < 2; ++i) {
    const absl::Status looked = Errands()
                                    .ScanDue(*store->Read(), head, At(1),
                                             [](absl::string_view key) -> absl::StatusOr<bool> {
                                               if (key == KeyOf("b"))
                                                 return absl::AbortedError("no");
                                               return true;
                                             })
                                    .status();
    CHECK(looked.code() == absl::StatusCode::kAborted);
  }
  CHECK(Look(*store->Read(), head, At(1)) == Due({"a", "b", "c"}));
}

// One random change of the store.
class Changes {
 public:
  Changes(Database& store, std::mt19937& random) : store_(store), random_(random) {}

  void Make(uint32_t now) {
    switch (Below(6)) {
      case 0:
      case 1:
      case 2: return (void)store_.TransactAndWait([&](Txn& txn) { return Change(txn, now); });
      case 3:
        // Undone, but heard of.
        return (void)store_.TransactAndWait([&](Txn& txn) {
          RETURN_IF_ERROR(Change(txn, now));
          return absl::Status(absl::AbortedError("no"));
        });
      case 4:
        // Put and deleted at once.
        return (void)store_.TransactAndWait([&](Txn& txn) {
          const Thing thing = RandomErrand(now);
          RETURN_IF_ERROR(Errands().Put(txn, thing));
          return Errands().Delete(txn, KeyOf(thing.id()));
        });
      default: return;
    }
  }

  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }

 private:
  Thing RandomErrand(uint32_t now) {
    // Mostly about now, some much later.
    const uint32_t due = now + Below(20) - 10 + (Below(4) == 0 ? 200 : 0);
    return Errand(absl::StrCat("e", Below(24)), due);
  }
  absl::Status Change(Txn& txn, uint32_t now) {
    const Thing thing = RandomErrand(now);
    if (Below(2) == 0) return Errands().Put(txn, thing);
    const absl::Status deleted = Errands().Delete(txn, KeyOf(thing.id()));
    return absl::IsNotFound(deleted) ? absl::OkStatus() : deleted;
  }

  Database& store_;
  std::mt19937& random_;
};

TEST_CASE("a look gives what a walk over everything gives, whatever is written") {
  const uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto store = OpenStore();
  Changes changes(*store, random);
  std::unique_ptr<IndexHead> head;
  std::unique_ptr<Reader> old = store->Read();
  uint32_t now = 1000;
  for (int i = 0; i < 4000; ++i) {
    changes.Make(now);
    // A new one now and then: one that has been to the end knows all.
    if (i % 40 == 0) head = std::make_unique<IndexHead>(*store, kErrandTable, kByDue, KeyOf(kLane));
    if (changes.Below(3) == 0) now += changes.Below(4);
    if (changes.Below(100) == 0) now -= 20;
    const absl::Time time = changes.Below(50) == 0 ? absl::InfiniteFuture() : At(now);
    const size_t most = changes.Below(3) == 0 ? 1 + changes.Below(3) : 1'000;
    // Mostly a snapshot that does not have what was just written, as while a batch is under way.
    REQUIRE(Look(*old, *head, time, most) == Expected(*old, time, most));
    if (changes.Below(3) == 0) old = store->Read();
  }
}

// More than a head remembers, by hundreds to a transaction.
void ManyErrands(Database& store, uint32_t from, uint32_t to,
                 const std::function<absl::Status(Txn&, const Thing&)>& change) {
  for (uint32_t i = from; i < to;) {
    REQUIRE_OK(store.TransactAndWait([&](Txn& txn) {
      for (const uint32_t end = std::min(to, i + 500); i < end; ++i)
        RETURN_IF_ERROR(change(txn, Errand(absl::StrCat("e", i), i)));
      return absl::OkStatus();
    }));
  }
}

absl::Status PutOne(Txn& txn, const Thing& thing) { return Errands().Put(txn, thing); }
absl::Status DeleteOne(Txn& txn, const Thing& thing) {
  return Errands().Delete(txn, KeyOf(thing.id()));
}

TEST_CASE("a head that heard more than it remembers gives what is there") {
  constexpr uint32_t kMany = IndexHead::kMostEntries * 5 / 4;
  const auto store = OpenStore();
  IndexHead head(*store, kErrandTable, kByDue, KeyOf(kLane));
  const auto check = [&](absl::Time now) {
    const auto reader = store->Read();
    // Not compared by the test framework: they are long.
    const bool same = Look(*reader, head, now) == Expected(*reader, now);
    CHECK(same);
  };
  const bool looks_between = GENERATE(false, true);
  CAPTURE(looks_between);
  check(At(1));  // remembers that nothing is there at all
  ManyErrands(*store, 0, kMany / 2, PutOne);
  if (looks_between) check(At(1));
  ManyErrands(*store, kMany / 2, kMany, PutOne);
  check(At(1));
  check(absl::InfiniteFuture());
  check(At(kMany / 2));
  ManyErrands(*store, 5, kMany - 5, DeleteOne);
  check(At(kMany / 2));
  check(absl::InfiniteFuture());
}

// Deleted entries that were passed meanwhile, by this thread.
class Passed {
 public:
  Passed() : begin_(Count()) { rocksdb::SetPerfLevel(rocksdb::kEnableCount); }
  ~Passed() { rocksdb::SetPerfLevel(rocksdb::kDisable); }
  uint64_t count() const { return Count() - begin_; }

 private:
  static uint64_t Count() { return rocksdb::get_perf_context()->internal_delete_skipped_count; }
  const uint64_t begin_;
};

TEST_CASE("what was done is passed once") {
  constexpr uint32_t kDone = 10'000;
  const auto store = OpenStore();
  // One that is not done stays before all others, as while a peer is slow, and one comes much later.
  Put(*store, Errand("slow", 0));
  Put(*store, Errand("late", 1'000'000));
  ManyErrands(*store, 1, kDone, PutOne);
  ManyErrands(*store, 1, kDone, DeleteOne);
  IndexHead head(*store, kErrandTable, kByDue, KeyOf(kLane));
  const Passed passed;
  for (uint32_t now : {0u, 100u, kDone / 2, kDone, 2 * kDone}) {
    CHECK(Look(*store->Read(), head, At(now)) == Due({"slow"}, At(1'000'000)));
  }
  CHECK(passed.count() >= kDone / 2);
  CHECK(passed.count() <= kDone + 10);

  // Steps as they come: a net far ahead for each, taken away when it is done.
  const uint64_t before = passed.count();
  for (uint32_t i = 0; i < 300; ++i) {
    const uint32_t now = 2 * kDone + i;
    Put(*store, Errand("step", now));
    CHECK(Look(*store->Read(), head, At(now)) == Due({"slow", "step"}, At(1'000'000)));
    Put(*store, Errand("step", now + 100));
    CHECK(Look(*store->Read(), head, At(now)) == Due({"slow"}, At(now + 100)));
    Delete(*store, "step");
    CHECK(Look(*store->Read(), head, At(now)) == Due({"slow"}, At(1'000'000)));
  }
  CHECK(passed.count() - before == 0);
}

}  // namespace
}  // namespace eid::kv::testing
