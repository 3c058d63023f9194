// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/findings.h"

#include <algorithm>
#include <memory>

#include "common/kv/database.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "tests/crash/store/ballast.h"
#include "tests/crash/store/history.h"
#include "tests/crash/store/scenario.h"
#include "tests/crash/store/tables.h"

namespace eid::crash {
namespace {

constexpr uint64_t kOperation = 5;
constexpr uint32_t kWorker = 3;
constexpr uint64_t kMost = 1000;

std::string RightBytes() { return BallastOf(kOperation, BallastSize(kOperation, kMost)); }

// What is wrong with a store in which one acknowledged operation has brought these bytes.
Findings FindingsOf(const std::string& first_half, const std::string& second_half) {
  auto database = kv::Database::Open({.path = "/store", .in_memory = true});
  REQUIRE_OK(database.status());
  const absl::StatusOr<uint64_t> revision =
      (*database)->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
        Effect effect;
        effect.set_operation(kOperation);
        effect.set_revision(txn.revision());
        effect.set_worker(kWorker);
        for (const uint32_t half : {0U, 1U}) {
          effect.set_half(half);
          effect.set_ballast(half == 0 ? first_half : second_half);
          if (absl::Status put = Effects().Insert(txn, effect); !put.ok()) return put;
        }
        Count count;
        count.set_worker(kWorker);
        count.set_effects(1);
        txn.Announce(kTopic, std::to_string(kOperation));
        return Counts().Put(txn, count);
      });
  REQUIRE_OK(revision.status());
  History history;
  history.Invoked(kOperation, kWorker, kMost);
  history.Acked(kOperation, *revision);
  const absl::StatusOr<Contents> contents = ReadAll(**database);
  REQUIRE_OK(contents.status());
  return Compare(history, *contents);
}

TEST_CASE("the bytes of an operation are told from all others") {
  const std::string right = RightBytes();
  REQUIRE(right.size() > 8);
  CHECK(FindingsOf(right, right).total() == 0);

  // The first, the last, and one in between; each half.
  for (const size_t place : {size_t{0}, right.size() / 2, right.size() - 1}) {
    std::string wrong = right;
    wrong[place] = static_cast<char>(wrong[place] ^ 1);
    CHECK(FindingsOf(wrong, right).count(Wrong::kAltered) == 1);
    CHECK(FindingsOf(right, wrong).count(Wrong::kAltered) == 1);
  }
  // Those of another operation, too few of them, none.
  CHECK(FindingsOf(BallastOf(kOperation + 1, right.size()), right).count(Wrong::kAltered) == 1);
  CHECK(FindingsOf(right, right.substr(0, right.size() - 1)).count(Wrong::kAltered) == 1);
  CHECK(FindingsOf("", right).count(Wrong::kAltered) == 1);
}

TEST_CASE("a mutant is caught by what it produces, and by nothing else") {
  const Mutant mutant = {.name = "some", .produces = {Wrong::kLost, Wrong::kRefused}};
  for (size_t kind = 0; kind < kWrongs; ++kind) {
    Figures figures;
    CHECK_FALSE(Caught(mutant, figures));
    figures.Violation(static_cast<Wrong>(kind), "of this kind");
    const bool is_its_own =
        static_cast<Wrong>(kind) == Wrong::kLost || static_cast<Wrong>(kind) == Wrong::kRefused;
    INFO(NameOf(static_cast<Wrong>(kind)));
    CHECK(Caught(mutant, figures) == is_its_own);
    CHECK(figures.Done({.wanted = mutant.produces}) == is_its_own);
    CHECK(figures.findings.ExampleOf(mutant.produces) == (is_its_own ? "of this kind" : ""));
    // Without a mutant, each of them is one too many.
    CHECK(figures.wrong() == 1);
  }
}

TEST_CASE("every mutant produces something, and none is trouble of the run") {
  for (const Scenario& scenario : Scenarios()) {
    for (const Mutant& mutant : scenario.mutants) {
      INFO(scenario.name << " " << mutant.name);
      CHECK_FALSE(mutant.produces.empty());
      CHECK(std::count(mutant.produces.begin(), mutant.produces.end(), Wrong::kHarness) == 0);
    }
  }
}

}  // namespace
}  // namespace eid::crash
