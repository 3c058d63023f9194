// SPDX-License-Identifier: Apache-2.0
// Random programs against a table and against a std::map at once: what one says, the other must say.
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

using Rows = std::map<std::string, Thing>;

Thing RandomThing(std::mt19937& random) {
  Thing thing = MakeThing(absl::StrCat("id", random() % 12), random() % 3);
  if (random() % 2 == 0) thing.set_code(absl::StrCat("code", random() % 8));
  for (uint32_t i = random() % 3; i > 0; --i) thing.add_tags(absl::StrCat("tag", random() % 4));
  return thing;
}

bool CodeTaken(const Rows& rows, const Thing& thing) {
  if (thing.code().empty()) return false;
  for (const auto& [id, row] : rows) {
    if (id != thing.id() && row.code() == thing.code()) return true;
  }
  return false;
}

// One step on both; the statuses' codes must agree.
absl::StatusCode StepOnModel(Rows& rows, int verb, const Thing& thing) {
  const bool there = rows.count(thing.id()) > 0;
  if (verb == 0 && there) return absl::StatusCode::kAlreadyExists;
  if ((verb == 1 || verb == 3) && !there) return absl::StatusCode::kNotFound;
  if (verb == 3) {
    rows.erase(thing.id());
    return absl::StatusCode::kOk;
  }
  if (CodeTaken(rows, thing)) return absl::StatusCode::kAlreadyExists;
  rows[thing.id()] = thing;
  return absl::StatusCode::kOk;
}

absl::StatusCode StepOnTable(Txn& txn, int verb, const Thing& thing) {
  switch (verb) {
    case 0: return Things().Insert(txn, thing).code();
    case 1: return Things().Update(txn, thing).code();
    case 2: return Things().Put(txn, thing).code();
    default: return Things().Delete(txn, KeyOf(thing.id())).code();
  }
}

// (index key, id) pairs of an index, as the model has them.
std::vector<std::string> ExpectedOrder(const Rows& rows, uint32_t index, bool descending) {
  std::set<std::pair<std::string, std::string>> order;
  for (const auto& [id, row] : rows) {
    if (index == kPrimary) order.emplace(id, id);
    if (index == kByState) order.emplace(absl::StrCat(row.state()), id);
    if (index == kByCode && !row.code().empty()) order.emplace(row.code(), id);
    if (index == kByTag) {
      for (const std::string& tag : row.tags()) order.emplace(tag, id);
    }
  }
  std::vector<std::string> ids;
  ids.reserve(order.size());
  for (const auto& [key, id] : order) ids.push_back(id);
  if (descending) ids = {ids.rbegin(), ids.rend()};
  return ids;
}

// "" if the view shows exactly the model.
std::string Difference(const Reader& reader, const Rows& rows) {
  for (const uint32_t index : {kPrimary, kByState, kByCode, kByTag}) {
    for (const bool descending : {false, true}) {
      std::vector<std::string> ids;
      bool same = true;
      const absl::Status status =
          Things().Scan(reader, {.index = index, .descending = descending},
                        [&](const Thing& thing, absl::string_view) {
                          const auto row = rows.find(thing.id());
                          same = row != rows.end() &&
                                 row->second.SerializeAsString() == thing.SerializeAsString();
                          ids.push_back(thing.id());
                          return same;
                        });
      if (!status.ok()) return std::string(status.message());
      if (!same || ids != ExpectedOrder(rows, index, descending)) {
        return absl::StrCat("index ", index, descending ? " descending" : " ascending");
      }
    }
  }
  return "";
}

struct Snapshot {
  std::unique_ptr<Reader> reader;
  Rows rows;
};

class Program {
 public:
  Program(DatabaseOptions options, uint32_t seed)
      : options_(std::move(options)), random_(seed), store_(OpenStore(options_)) {}

  void RunBatch() {
    const size_t count = 1 + random_() % 6;
    std::vector<Outcome> outcomes(count);
    std::vector<bool> kept(count);
    std::vector<uint64_t> revisions(count);
    {
      const BusyWriter busy(*store_);
      for (size_t i = 0; i < count; ++i) {
        store_->Transact(
            [&, i](Txn& txn) {
              kept[i] = RunBody(txn);
              revisions[i] = revision_;
              return kept[i] ? absl::OkStatus() : absl::AbortedError("undone");
            },
            outcomes[i].Callback());
      }
    }
    for (size_t i = 0; i < count; ++i) {
      const absl::StatusOr<uint64_t> outcome = outcomes[i].Get();
      REQUIRE(outcome.ok() == kept[i]);
      if (kept[i]) REQUIRE(*outcome == revisions[i]);
    }
    REQUIRE(problem_ == "");
    REQUIRE(store_->revision() == revision_);
    REQUIRE(Difference(*store_->Read(), rows_) == "");
  }

  void TakeSnapshot() { snapshots_.push_back({store_->Read(), rows_}); }

  void CheckSnapshots() {
    for (const Snapshot& snapshot : snapshots_) {
      REQUIRE(Difference(*snapshot.reader, snapshot.rows) == "");
    }
    snapshots_.clear();
  }

  void Reopen() {
    CheckSnapshots();
    store_.reset();
    store_ = OpenStore(options_);
    REQUIRE(store_->revision() == revision_);
    REQUIRE(Difference(*store_->Read(), rows_) == "");
  }

 private:
  // On a thread of the store: no assertions here.
  bool RunBody(Txn& txn) {
    Rows rows = rows_;
    bool wrote = false;
    for (uint32_t step = random_() % 5; step > 0; --step) {
      const int verb = static_cast<int>(random_() % 4);
      const Thing thing = RandomThing(random_);
      const absl::StatusCode expected = StepOnModel(rows, verb, thing);
      const absl::StatusCode actual = StepOnTable(txn, verb, thing);
      if (expected != actual) {
        problem_ = absl::StrCat("verb ", verb, ": ", absl::StatusCodeToString(actual), " for ",
                                absl::StatusCodeToString(expected));
      }
      wrote = wrote || actual == absl::StatusCode::kOk;
    }
    const std::string difference = Difference(txn, rows);
    if (!difference.empty()) problem_ = absl::StrCat("in the transaction: ", difference);
    if (random_() % 4 == 0) return false;
    rows_ = std::move(rows);
    if (wrote) ++revision_;
    return true;
  }

  const DatabaseOptions options_;
  std::mt19937 random_;
  std::unique_ptr<Database> store_;
  Rows rows_;
  uint64_t revision_ = 0;
  std::string problem_;
  std::vector<Snapshot> snapshots_;
};

using Keys = std::map<std::string, std::string>;

std::string RandomKey(std::mt19937& random, uint32_t longest) {
  static constexpr char kBytes[] = {'\0', 'a', '\xff'};
  std::string key(random() % (longest + 1), ' ');
  for (char& c : key) c = kBytes[random() % sizeof(kBytes)];
  return key;
}

std::vector<std::string> Expected(const Keys& keys, const KeyRange& range) {
  std::vector<std::string> found;
  for (const auto& [key, value] : keys) {
    const bool beyond =
        range.after.empty() || (range.descending ? key < range.after : key > range.after);
    if (beyond && key.compare(0, range.prefix.size(), range.prefix) == 0) found.push_back(value);
  }
  if (range.descending) found = {found.rbegin(), found.rend()};
  return found;
}

// How many of some random ranges `reader` walks otherwise than `keys` says.
int WrongRanges(const Reader& reader, const Keys& keys, std::mt19937& random) {
  int wrong = 0;
  for (int i = 0; i < 30; ++i) {
    const KeyRange range = {.prefix = RandomKey(random, 2),
                            .after = RandomKey(random, 3),
                            .descending = random() % 2 == 0};
    std::vector<std::string> found;
    const absl::Status status =
        reader.Scan(Space::kRows, range, [&](absl::string_view, absl::string_view value) {
          found.emplace_back(value);
          return true;
        });
    if (!status.ok() || found != Expected(keys, range)) ++wrong;
  }
  return wrong;
}

// Puts or deletes a random key on both.
void ChangeKey(Txn& txn, Keys& keys, std::mt19937& random) {
  const std::string key = RandomKey(random, 2) + "a";
  if (random() % 2 == 0) {
    keys[key] = absl::StrCat(random());
    txn.Put(Space::kRows, key, keys[key]);
  } else {
    keys.erase(key);
    txn.Delete(Space::kRows, key);
  }
}

TEST_CASE("random ranges are walked as a map would walk them") {
  const uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto store = OpenStore();
  Keys keys;
  int wrong = 0;
  for (int round = 0; round < 30; ++round) {
    REQUIRE_OK(store->TransactAndWait([&](Txn& txn) {
      for (int i = 0; i < 12; ++i) {
        ChangeKey(txn, keys, random);
        wrong += WrongRanges(txn, keys, random);
      }
      return absl::OkStatus();
    }));
    wrong += WrongRanges(*store->Read(), keys, random);
  }
  CHECK(wrong == 0);
}

TEST_CASE("a walk that changes keys on its way meets what is there when it comes by") {
  const uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto store = OpenStore();
  Keys keys;
  int wrong = 0;
  for (int round = 0; round < 50; ++round) {
    REQUIRE_OK(store->TransactAndWait([&](Txn& txn) {
      for (int i = 0; i < 5; ++i) ChangeKey(txn, keys, random);
      const KeyRange range = {.descending = round % 2 == 0};
      KeyRange rest = range;
      const absl::Status status =
          txn.Scan(Space::kRows, range, [&](absl::string_view key, absl::string_view value) {
            const std::vector<std::string> left = Expected(keys, rest);
            if (left.empty() || left.front() != value) ++wrong;
            rest.after = std::string(key);
            for (uint32_t i = random() % 3; i > 0; --i) ChangeKey(txn, keys, random);
            return true;
          });
      if (!Expected(keys, rest).empty()) ++wrong;
      return status;
    }));
  }
  CHECK(wrong == 0);
}

TEST_CASE("random programs do what a map would do") {
  const bool in_memory = GENERATE(true, false);
  const uint32_t seed = std::random_device{}();
  CAPTURE(in_memory, seed);
  const TempFolder folder;
  Program program({.path = folder / "store", .in_memory = in_memory}, seed);
  for (int i = 0; i < 100; ++i) {
    program.RunBatch();
    if (i % 5 == 0) program.TakeSnapshot();
    if (i % 20 == 19) program.CheckSnapshots();
    if (i % 50 == 49 && !in_memory) program.Reopen();
  }
}

}  // namespace
}  // namespace eid::kv::testing
