// SPDX-License-Identifier: Apache-2.0
#include "common/kv/table.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

using Ids = std::vector<std::string>;

Ids IdsOf(const Reader& reader, const RowRange& range) {
  Ids ids;
  REQUIRE_OK(Things().Scan(reader, range, [&](const Thing& thing, absl::string_view) {
    ids.push_back(thing.id());
    return true;
  }));
  return ids;
}

void PutAll(Database& store, const std::vector<Thing>& things) {
  REQUIRE_OK(store.TransactAndWait([&](Txn& txn) {
    for (const Thing& thing : things) {
      absl::Status status = Things().Put(txn, thing);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }));
}

absl::Status Try(Database& store, absl::AnyInvocable<absl::Status(Txn&)> body) {
  return store.TransactAndWait(std::move(body)).status();
}

TEST_CASE("rows are inserted once, updated when there, deleted when there") {
  const auto store = OpenStore();
  const auto insert = [](Txn& txn) { return Things().Insert(txn, MakeThing("a", 1)); };
  const auto update = [](Txn& txn) { return Things().Update(txn, MakeThing("a", 2)); };
  const auto erase = [](Txn& txn) { return Things().Delete(txn, KeyOf("a")); };

  CHECK(Try(*store, update).code() == absl::StatusCode::kNotFound);
  CHECK(Try(*store, erase).code() == absl::StatusCode::kNotFound);
  CHECK_OK(Try(*store, insert));
  const absl::Status twice = Try(*store, insert);
  CHECK(twice.code() == absl::StatusCode::kAlreadyExists);
  CHECK(ViolatedIndex(twice).empty());
  CHECK(Value(Things().Get(*store->Read(), KeyOf("a"))).state() == 1);
  CHECK_OK(Try(*store, update));
  CHECK(Value(Things().Get(*store->Read(), KeyOf("a"))).state() == 2);
  CHECK(Value(Things().Has(*store->Read(), KeyOf("a"))));
  CHECK_OK(Try(*store, erase));
  CHECK(Things().Get(*store->Read(), KeyOf("a")).status().code() == absl::StatusCode::kNotFound);
  CHECK_FALSE(Value(Things().Has(*store->Read(), KeyOf("a"))));
}

TEST_CASE("indexes follow their rows") {
  const auto store = OpenStore();
  PutAll(*store,
         {MakeThing("a", 1, "", {"x", "y"}), MakeThing("b", 2, "", {"y"}), MakeThing("c", 1)});
  CHECK(IdsOf(*store->Read(), {.index = kByState, .prefix = KeyOf(1u)}) == Ids{"a", "c"});
  CHECK(IdsOf(*store->Read(), {.index = kByTag, .prefix = KeyOf("y")}) == Ids{"a", "b"});

  PutAll(*store, {MakeThing("a", 2, "", {"y", "z", "z"})});
  CHECK(IdsOf(*store->Read(), {.index = kByState}) == Ids{"c", "a", "b"});
  CHECK(IdsOf(*store->Read(), {.index = kByTag, .prefix = KeyOf("x")}).empty());
  CHECK(IdsOf(*store->Read(), {.index = kByTag}) == Ids{"a", "b", "a"});

  CHECK_OK(Try(*store, [](Txn& txn) { return Things().Delete(txn, KeyOf("a")); }));
  CHECK(IdsOf(*store->Read(), {.index = kByState}) == Ids{"c", "b"});
  CHECK(IdsOf(*store->Read(), {.index = kByTag}) == Ids{"b"});
}

TEST_CASE("a unique index has one row for a key") {
  const auto store = OpenStore();
  PutAll(*store, {MakeThing("a", 1, "one"), MakeThing("b", 1, ""), MakeThing("c", 1, "")});
  CHECK(Value(Things().GetBy(*store->Read(), kByCode, KeyOf("one"))).id() == "a");
  CHECK(Things().GetBy(*store->Read(), kByCode, KeyOf("two")).status().code() ==
        absl::StatusCode::kNotFound);

  const absl::Status taken =
      Try(*store, [](Txn& txn) { return Things().Insert(txn, MakeThing("d", 1, "one")); });
  CHECK(taken.code() == absl::StatusCode::kAlreadyExists);
  CHECK(ViolatedIndex(taken) == "by_code");
  CHECK_FALSE(Value(Things().Has(*store->Read(), KeyOf("d"))));
  CHECK(Try(*store, [](Txn& txn) {
          return Things().Update(txn, MakeThing("b", 1, "one"));
        }).code() == absl::StatusCode::kAlreadyExists);

  // Its own row keeps it, gives it up, and then another may have it.
  CHECK_OK(Try(*store, [](Txn& txn) { return Things().Update(txn, MakeThing("a", 5, "one")); }));
  CHECK_OK(Try(*store, [](Txn& txn) {
    absl::Status status = Things().Update(txn, MakeThing("a", 5, "two"));
    if (status.ok()) status = Things().Update(txn, MakeThing("b", 5, "one"));
    return status;
  }));
  CHECK(Value(Things().GetBy(*store->Read(), kByCode, KeyOf("one"))).id() == "b");
  CHECK(IdsOf(*store->Read(), {.index = kByCode}) == Ids{"b", "a"});
}

TEST_CASE("a scan goes either way, from where the last one stopped") {
  const auto store = OpenStore();
  std::vector<Thing> things;
  things.reserve(9);
  for (int i = 0; i < 9; ++i) things.push_back(MakeThing(absl::StrCat(i), i / 3));
  PutAll(*store, things);
  const auto reader = store->Read();
  const bool descending = GENERATE(false, true);
  const uint32_t index = GENERATE(kPrimary, kByState);
  const std::string prefix = index == kByState ? KeyOf(1u) : "";
  RowRange range = {.index = index, .prefix = prefix, .descending = descending};
  const Ids all = IdsOf(*reader, range);
  CHECK(all.size() == (index == kByState ? 3 : 9));
  CHECK(all.front() == (index == kByState ? (descending ? "5" : "3") : (descending ? "8" : "0")));

  Ids steps;
  bool more = true;
  while (more) {
    more = false;
    REQUIRE_OK(Things().Scan(*reader, range, [&](const Thing& thing, absl::string_view position) {
      steps.push_back(thing.id());
      range.after = std::string(position);
      more = true;
      return false;
    }));
  }
  CHECK(steps == all);
}

TEST_CASE("a scan of keys gives primary keys") {
  const auto store = OpenStore();
  PutAll(*store, {MakeThing("a", 1, "x"), MakeThing("b", 1, "w")});
  const auto reader = store->Read();
  const auto keys = [&](const RowRange& range) {
    Ids found;
    REQUIRE_OK(Things().ScanKeys(*reader, range, [&](absl::string_view key, absl::string_view) {
      found.emplace_back(key);
      return true;
    }));
    return found;
  };
  CHECK(keys({.index = kByState}) == Ids{KeyOf("a"), KeyOf("b")});
  CHECK(keys({.index = kByCode}) == Ids{KeyOf("b"), KeyOf("a")});
  CHECK(keys({.descending = true}) == Ids{KeyOf("b"), KeyOf("a")});
}

TEST_CASE("a scan inside a transaction sees it and may change what it walks over") {
  const auto store = OpenStore();
  PutAll(*store, {MakeThing("a", 1), MakeThing("b", 1), MakeThing("c", 1)});
  const bool descending = GENERATE(false, true);
  Ids seen;
  CHECK_OK(Try(*store, [&](Txn& txn) {
    absl::Status changed = Things().Insert(txn, MakeThing("bb", 1));
    if (changed.ok()) changed = Things().Delete(txn, KeyOf("c"));
    const RowRange range = {.index = kByState, .prefix = KeyOf(1u), .descending = descending};
    changed.Update(Things().Scan(txn, range, [&](Thing thing, absl::string_view) {
      seen.push_back(thing.id());
      thing.set_state(2);
      changed.Update(Things().Update(txn, thing));
      return true;
    }));
    return changed;
  }));
  CHECK(seen == (descending ? Ids{"bb", "b", "a"} : Ids{"a", "b", "bb"}));
  CHECK(IdsOf(*store->Read(), {.index = kByState}) == Ids{"a", "b", "bb"});
  CHECK(IdsOf(*store->Read(), {.index = kByState, .prefix = KeyOf(1u)}).empty());
}

TEST_CASE("pages make up the list, whatever their size and filter") {
  const auto store = OpenStore();
  std::vector<Thing> things;
  things.reserve(10);
  for (int i = 0; i < 10; ++i) things.push_back(MakeThing(absl::StrCat(i), i % 2));
  PutAll(*store, things);
  const auto reader = store->Read();
  const size_t size = GENERATE(1, 2, 3, 9, 10, 11);
  const bool filtered = GENERATE(false, true);
  Ids ids;
  RowRange range;
  do {
    const auto page = Value(Things().Page(
        *reader, range, size, [&](const Thing& thing) { return !filtered || thing.state() == 1; }));
    CHECK(page.rows.size() <= size);
    for (const Thing& thing : page.rows) ids.push_back(thing.id());
    range.after = page.next_position;
  } while (!range.after.empty());
  CHECK(ids == (filtered ? Ids{"1", "3", "5", "7", "9"}
                         : Ids{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

TEST_CASE("a page keeps its budget of bytes, but has at least one row") {
  const auto store = OpenStore();
  Thing big = MakeThing("a");
  big.set_text(std::string(kPageByteBudget, 'x'));
  Thing small = MakeThing("b");
  PutAll(*store, {big, small, MakeThing("c")});
  const auto reader = store->Read();
  const auto first = Value(Things().Page(*reader, {}, 50));
  REQUIRE(first.rows.size() == 1);
  const auto second = Value(Things().Page(*reader, {.after = first.next_position}, 50));
  CHECK(second.rows.size() == 2);
  CHECK(second.next_position.empty());
}

TEST_CASE("tables of one store do not meet") {
  const Table<Thing> other(
      {.number = 8,
       .name = "others",
       .key = [](const Thing& thing) { return KeyOf(thing.id()); },
       .indexes = {{.number = kByState, .name = "by_state", .key = [](const Thing& thing) {
                      return KeyOf(thing.state());
                    }}}});
  const auto store = OpenStore();
  PutAll(*store, {MakeThing("a", 1)});
  REQUIRE_OK(Try(*store, [&](Txn& txn) { return other.Insert(txn, MakeThing("b", 1)); }));
  CHECK(IdsOf(*store->Read(), {}) == Ids{"a"});
  CHECK(IdsOf(*store->Read(), {.index = kByState}) == Ids{"a"});
  CHECK_FALSE(Value(other.Has(*store->Read(), KeyOf("a"))));
}

}  // namespace
}  // namespace eid::kv::testing
