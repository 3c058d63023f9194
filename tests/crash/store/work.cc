// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/work.h"

#include <future>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/mutation.h"
#include "common/status/macros.h"
#include "tests/crash/store/ballast.h"
#include "tests/crash/store/tables.h"

namespace eid::crash {
namespace {

// One operation in so many refuses itself.
constexpr uint64_t kRefusing = 17;
// Of what was answered, one in so many is asked for again, up to so many.
constexpr uint64_t kAskedAgain = 10;
constexpr size_t kMostAskedAgain = 50;

absl::Status CountOne(kv::Txn& txn, uint32_t worker) {
  absl::StatusOr<Count> count = Counts().Get(txn, kv::KeyOf(uint64_t{worker}));
  if (absl::IsNotFound(count.status())) count.emplace();
  RETURN_IF_ERROR(count.status());
  count->set_worker(worker);
  count->set_effects(count->effects() + 1);
  return Counts().Put(txn, *count);
}

absl::StatusOr<Answer> CarryOut(kv::Txn& txn, uint64_t operation, uint32_t worker,
                                uint64_t ballast) {
  Effect effect;
  effect.set_operation(operation);
  effect.set_revision(txn.revision());
  effect.set_worker(worker);
  effect.set_ballast(BallastOf(operation, BallastSize(operation, ballast)));
  for (const uint32_t half : {0U, 1U}) {
    effect.set_half(half);
    RETURN_IF_ERROR(Effects().Insert(txn, effect));
  }
  RETURN_IF_ERROR(CountOne(txn, worker));
  txn.Announce(kTopic, absl::StrCat(operation));
  if (operation % kRefusing == 0) return absl::AbortedError("This one is refused.");
  Answer answer;
  answer.set_revision(txn.revision());
  return answer;
}

}  // namespace

absl::Status Ask(const Teller& teller, kv::Database& database, uint64_t operation, uint32_t worker,
                 uint64_t ballast, Asking asking) {
  std::promise<absl::Status> answered;
  kv::Mutate<Answer>(
      database,
      {.scope = "crash", .request_id = absl::StrCat(operation), .digest = absl::StrCat(operation)},
      [=](kv::Txn& txn) { return CarryOut(txn, operation, worker, ballast); },
      [&](absl::StatusOr<Answer> answer) {
        if (answer.ok()) {
          teller.Acked(operation, answer->revision());
        } else if (asking == Asking::kFirst || absl::IsAborted(answer.status())) {
          teller.Failed(operation);
        }
        answered.set_value(answer.status());
      });
  return answered.get_future().get();
}

std::unique_ptr<kv::Database> OpenAndCompare(const Teller& teller, const History& history,
                                             kv::DatabaseOptions options) {
  absl::StatusOr<std::unique_ptr<kv::Database>> database = kv::Database::Open(std::move(options));
  if (!database.ok()) {
    teller.Refused(database.status());
    return nullptr;
  }
  teller.Opened();
  const absl::StatusOr<Contents> contents = ReadAll(**database);
  if (!contents.ok()) {
    teller.Refused(contents.status());
    return nullptr;
  }
  teller.Found(Compare(history, *contents));
  return *std::move(database);
}

void AskAgain(const Teller& teller, const History& history, kv::Database& database, uint64_t seed) {
  std::mt19937_64 random(seed);
  size_t again = 0;
  for (const auto& [id, operation] : history.operations()) {
    const bool unknown = operation.outcome == Outcome::kUnknown;
    const bool chosen = operation.outcome == Outcome::kAcked && again < kMostAskedAgain &&
                        random() % kAskedAgain == 0;
    if (!unknown && !chosen) continue;
    again += chosen;
    (void)Ask(teller, database, id, operation.worker, operation.ballast, Asking::kAgain);
  }
}

void RunLoad(const Teller& teller, kv::Database& database, const Load& load) {
  std::vector<std::thread> workers;
  for (uint32_t worker = 0; worker < load.workers; ++worker) {
    workers.emplace_back([&, worker] {
      for (uint64_t i = 0; i < load.operations_of_each; ++i) {
        const uint64_t operation = load.first_operation + i * load.workers + worker;
        teller.Invoked(operation, worker, load.ballast);
        (void)Ask(teller, database, operation, worker, load.ballast, Asking::kFirst);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
}

void Work(const Teller& teller, const History& history, const kv::DatabaseOptions& options,
          const Load& load) {
  const std::unique_ptr<kv::Database> database = OpenAndCompare(teller, history, options);
  if (database == nullptr) return;
  AskAgain(teller, history, *database, load.seed);
  RunLoad(teller, *database, load);
}

}  // namespace eid::crash
