// SPDX-License-Identifier: Apache-2.0
#include "common/kv/index_head.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

using Ids = std::vector<std::string>;

constexpr uint32_t kTable = 7;

// All of it, by a walk from the head.
Ids FromHead(const Reader& reader, IndexHead& head) {
  Ids ids;
  REQUIRE_OK(Things().Scan(reader, head, [&](const Thing& thing, absl::string_view) {
    ids.push_back(thing.id());
    return true;
  }));
  return ids;
}

// The same by a walk from the start.
Ids FromStart(const Reader& reader, const IndexHead& head) {
  Ids ids;
  const RowRange range = {.index = head.index(), .prefix = head.prefix()};
  REQUIRE_OK(Things().Scan(reader, range, [&](const Thing& thing, absl::string_view) {
    ids.push_back(thing.id());
    return true;
  }));
  return ids;
}

void Put(Database& store, const std::string& id, uint32_t state) {
  REQUIRE_OK(
      store.TransactAndWait([&](Txn& txn) { return Things().Put(txn, MakeThing(id, state)); }));
}

void Delete(Database& store, const std::string& id) {
  REQUIRE_OK(store.TransactAndWait([&](Txn& txn) { return Things().Delete(txn, KeyOf(id)); }));
}

TEST_CASE("a walk from the head passes what was taken away once") {
  const auto store = OpenStore();
  IndexHead head(*store, kTable, kByState);
  for (uint32_t i = 0; i < 10; ++i) Put(*store, absl::StrCat("thing-", i), i);
  CHECK(FromHead(*store->Read(), head).size() == 10);
  for (uint32_t i = 0; i < 6; ++i) Delete(*store, absl::StrCat("thing-", i));
  CHECK(FromHead(*store->Read(), head) == Ids{"thing-6", "thing-7", "thing-8", "thing-9"});
  REQUIRE(head.After().has_value());
  CHECK(*head.After() > KeyOf(5u, "thing-5"));

  Put(*store, "early", 2);
  CHECK(FromHead(*store->Read(), head).front() == "early");
  for (const char* id : {"early", "thing-6", "thing-7", "thing-8", "thing-9"}) Delete(*store, id);
  CHECK(FromHead(*store->Read(), head).empty());
  CHECK_FALSE(head.After().has_value());
  Put(*store, "again", 0);
  CHECK(FromHead(*store->Read(), head) == Ids{"again"});
}

TEST_CASE("what was put before the head was there is met, committed or not") {
  const auto store = OpenStore();
  Put(*store, "before", 1);
  Outcome outcome;
  std::unique_ptr<IndexHead> head;
  store->Transact(
      [&](Txn& txn) {
        absl::Status put = Things().Put(txn, MakeThing("first", 0));
        // As another thread might, before this is committed.
        head = std::make_unique<IndexHead>(*store, kTable, kByState);
        if (FromHead(*store->Read(), *head) != Ids{"before"}) {
          return absl::InternalError("met too much");
        }
        return put;
      },
      outcome.Callback());
  REQUIRE_OK(outcome.Get());
  CHECK(FromHead(*store->Read(), *head) == Ids{"first", "before"});
}

TEST_CASE("heads see their own part of the index alone") {
  const auto store = OpenStore();
  IndexHead one(*store, kTable, kByState, KeyOf(1u));
  IndexHead two(*store, kTable, kByState, KeyOf(2u));
  Put(*store, "a", 1);
  Put(*store, "b", 2);
  CHECK(FromHead(*store->Read(), one) == Ids{"a"});
  CHECK(FromHead(*store->Read(), two) == Ids{"b"});
  Put(*store, "a", 2);
  CHECK(FromHead(*store->Read(), one).empty());
  CHECK(FromHead(*store->Read(), two) == Ids{"a", "b"});
}

TEST_CASE("a walk from the head meets what a walk from the start meets, whatever was written") {
  std::mt19937 random(20250303);
  const auto below = [&](uint32_t limit) { return static_cast<uint32_t>(random() % limit); };
  const auto store = OpenStore();
  IndexHead head(*store, kTable, kByState);
  std::unique_ptr<Reader> old = store->Read();
  for (int i = 0; i < 3000; ++i) {
    const std::string id = absl::StrCat("thing-", below(12));
    switch (below(5)) {
      case 0:
      case 1: Put(*store, id, below(1000)); break;
      case 2:
        if (Value(Things().Has(*store->Read(), KeyOf(id)))) Delete(*store, id);
        break;
      case 3:
        // Undone: noted all the same.
        CHECK_FALSE(store
                        ->TransactAndWait([&](Txn& txn) {
                          absl::Status put = Things().Put(txn, MakeThing(id, 0));
                          return put.ok() ? absl::AbortedError("no") : put;
                        })
                        .ok());
        break;
      case 4: break;
    }
    // Mostly a snapshot that does not have what was just written, as while a batch is under way.
    const Ids expected = FromStart(*old, head);
    REQUIRE(FromHead(*old, head) == expected);
    if (below(3) == 0) old = store->Read();
  }
}

}  // namespace
}  // namespace eid::kv::testing
