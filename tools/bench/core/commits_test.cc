// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/commits.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"

namespace eid::bench {
namespace {

using kv::Space;

std::unique_ptr<kv::Database> OpenStore(const TemporaryFolder& folder) {
  return testing::Value(kv::Database::Open({.path = folder / "data"}));
}

std::vector<Commit> CommitsIn(const TemporaryFolder& folder, uint64_t after) {
  return testing::Value(ReadCommits(folder / "data", after));
}

Write Put(std::string key) { return {Space::kRows, std::move(key), "value"}; }

TEST_CASE("what transactions wrote is read back, without what the store says of itself") {
  const TemporaryFolder folder;
  {
    const auto store = OpenStore(folder);
    for (int i = 1; i <= 3; ++i) {
      REQUIRE_OK(store->TransactAndWait([i](kv::Txn& txn) {
        txn.Put(Space::kRows, absl::StrCat("row", i), "one");
        txn.Put(Space::kIndexes, absl::StrCat("index", i), "");
        txn.Put(Space::kRequests, absl::StrCat("request", i), "answer");
        txn.Announce(1, "subject");
        return absl::OkStatus();
      }));
    }
    REQUIRE_OK(store->TransactAndWait([](kv::Txn& txn) {
      txn.Delete(Space::kRows, "row1");
      return absl::OkStatus();
    }));
  }
  const std::vector<Commit> commits = CommitsIn(folder, 2);
  REQUIRE(commits.size() == 2);
  REQUIRE(commits[0].size() == 4);
  CHECK(commits[0][0].space == Space::kRows);
  CHECK(commits[0][0].key == "row3");
  CHECK(commits[0][0].value == "one");
  CHECK(commits[0][1].space == Space::kIndexes);
  CHECK(commits[0][1].value == "");
  CHECK(commits[0][2].space == Space::kRequests);
  CHECK(commits[0][3].space == Space::kFeed);
  CHECK(commits[0][3].key == kv::KeyOf(uint64_t{3}, uint64_t{0}));
  REQUIRE(commits[1].size() == 1);
  CHECK(commits[1][0].key == "row1");
  CHECK_FALSE(commits[1][0].value.has_value());
  CHECK(CommitsIn(folder, 0).size() == 4);
  CHECK(CommitsIn(folder, 4).empty());
}

TEST_CASE("there are as many commits as transactions, however they came into batches") {
  constexpr size_t kTransactions = 200;
  const TemporaryFolder folder;
  {
    const auto store = OpenStore(folder);
    for (size_t i = 0; i < kTransactions; ++i) {
      const auto write = [i](kv::Txn& txn) {
        txn.Put(Space::kRows, absl::StrCat("row", i), "value");
        txn.Put(Space::kIndexes, absl::StrCat("index", i), "");
        return absl::OkStatus();
      };
      store->Transact(write, [](const absl::StatusOr<uint64_t>&) {});
    }
  }
  const std::vector<Commit> commits = CommitsIn(folder, 0);
  CHECK(commits.size() == kTransactions);
  std::set<std::string> keys;
  for (const Commit& commit : commits) {
    CHECK(commit.size() == 2);
    for (const Write& write : commit) keys.insert(write.key);
  }
  CHECK(keys.size() == 2 * kTransactions);
}

TEST_CASE("a folder without a store has no commits to read") {
  const TemporaryFolder folder;
  CHECK_FALSE(ReadCommits(folder / "data", 0).ok());
}

TEST_CASE("a batch is dealt out in turn, to the last key") {
  const std::vector<Commit> dealt = Deal({Put("a"), Put("b"), Put("c"), Put("d"), Put("e")}, 2);
  REQUIRE(dealt.size() == 2);
  REQUIRE(dealt[0].size() == 3);
  CHECK(dealt[0][1].key == "c");
  REQUIRE(dealt[1].size() == 2);
  CHECK(dealt[1][1].key == "d");
  // One whose keys all others wrote as well is still a commit.
  CHECK(Deal({Put("a")}, 3).size() == 3);
}

TEST_CASE("stores are mixed evenly, and the same key of two is two") {
  const std::string key("\0\0\0\1a", 5);
  std::vector<Commit> many(6, {Put(key)});
  std::vector<Commit> few(2, {Put(key)});
  std::string stores;
  for (const Commit& commit : Mix({many, few, {}})) {
    REQUIRE(commit.size() == 1);
    CHECK(commit[0].key.substr(1) == key.substr(1));
    stores.push_back(static_cast<char>('0' + commit[0].key[0]));
  }
  CHECK(stores == "11211121");
}

}  // namespace
}  // namespace eid::bench
