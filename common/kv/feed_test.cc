// SPDX-License-Identifier: Apache-2.0
#include "common/kv/feed.h"

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::kv::testing {
namespace {

// Announces subjects "<name>0" … of topic 1.
void Announce(Database& store, const std::string& name, int count = 1) {
  REQUIRE_OK(store.TransactAndWait([&](Txn& txn) {
    for (int i = 0; i < count; ++i) txn.Announce(1, absl::StrCat(name, i));
    return absl::OkStatus();
  }));
}

TEST_CASE("the feed has the announcements in the order of commits") {
  FakeClock clock;
  const auto store = OpenStore({.in_memory = true, .clock = &clock});
  CHECK(Value(store->feed().Read(0, 10)).empty());
  REQUIRE_OK(store->TransactAndWait([](Txn& txn) {
    txn.Announce(3, "x");
    txn.Announce(2, std::string("y\0", 2));
    return Things().Insert(txn, MakeThing("a"));
  }));
  Announce(*store, "z");
  const auto entries = Value(store->feed().Read(0, 10));
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].revision == 1);
  CHECK(entries[0].seq == 0);
  CHECK(entries[0].topic == 3);
  CHECK(entries[0].subject_id == "x");
  CHECK(entries[0].time == clock.TimeNow());
  CHECK(entries[1].seq == 1);
  CHECK(entries[1].subject_id == std::string("y\0", 2));
  CHECK(entries[2].revision == 2);
  CHECK(entries[2].seq == 0);
  CHECK(Value(store->feed().Read(1, 10)).size() == 1);
  CHECK(Value(store->feed().Read(2, 10)).empty());
}

TEST_CASE("a read of the feed never cuts a transaction") {
  const auto store = OpenStore();
  Announce(*store, "a", 3);
  Announce(*store, "b", 3);
  CHECK(Value(store->feed().Read(0, 1)).size() == 3);
  CHECK(Value(store->feed().Read(0, 3)).size() == 3);
  CHECK(Value(store->feed().Read(0, 4)).size() == 6);
  CHECK(Value(store->feed().Read(1, 1)).size() == 3);
}

TEST_CASE("what was trimmed, or never was, is too old") {
  const auto store = OpenStore({.in_memory = true, .feed_keep_entries = 10});
  for (int i = 0; i < 100; ++i) Announce(*store, absl::StrCat(i, "-"));
  uint64_t kept = 0;
  REQUIRE_OK(store->Read()->Scan(Space::kFeed, {}, [&](absl::string_view, absl::string_view) {
    ++kept;
    return true;
  }));
  CHECK(kept == 10);
  CHECK(Value(store->feed().Read(90, 100)).size() == 10);
  for (const uint64_t revision : {uint64_t{0}, uint64_t{89}, uint64_t{101}}) {
    const absl::Status status = store->feed().Read(revision, 10).status();
    CHECK(status.code() == absl::StatusCode::kOutOfRange);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_RESUME_TOKEN_TOO_OLD));
  }
}

TEST_CASE("trimming lets whole transactions go") {
  const auto store = OpenStore({.in_memory = true, .feed_keep_entries = 10});
  Announce(*store, "big", 200);
  Announce(*store, "small");
  CHECK(store->feed().Read(0, 10).status().code() == absl::StatusCode::kOutOfRange);
  const auto entries = Value(store->feed().Read(1, 10));
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].subject_id == "small0");
}

TEST_CASE("subscribers hear of every batch that announced something") {
  const auto store = OpenStore();
  std::promise<uint64_t> heard;
  int calls = 0;
  {
    const Subscription subscription = store->feed().Subscribe([&](uint64_t revision) {
      if (++calls == 1) heard.set_value(revision);
    });
    REQUIRE_OK(
        store->TransactAndWait([](Txn& txn) { return Things().Insert(txn, MakeThing("quiet")); }));
    Announce(*store, "a");
    CHECK(heard.get_future().get() == 2);
  }
  const int calls_before = calls;
  Announce(*store, "b");
  CHECK(calls == calls_before);
  CHECK(calls == 1);
}

TEST_CASE("a subscription can be moved") {
  const auto store = OpenStore();
  std::promise<void> first;
  std::promise<void> second;
  Subscription a = store->feed().Subscribe([&](uint64_t) { first.set_value(); });
  Subscription b = std::move(a);
  Announce(*store, "x");
  first.get_future().wait();
  b = store->feed().Subscribe([&](uint64_t) { second.set_value(); });
  // Assignment hands the old one to the right side, which ends it.
  Announce(*store, "y");
  second.get_future().wait();
}

}  // namespace
}  // namespace eid::kv::testing
