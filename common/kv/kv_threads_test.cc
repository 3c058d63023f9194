// SPDX-License-Identifier: Apache-2.0
// Many threads at one store: for ThreadSanitizer too.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/feed.h"
#include "common/kv/mutation.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

constexpr int kThreads = 4;
constexpr int kEach = 200;

// Catch's assertions are for the main thread: threads count what is wrong.
void OnThreads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a counter that all threads raise loses nothing", "[threads]") {
  const auto store = OpenStore();
  std::atomic<int> errors = 0;
  OnThreads([&](int) {
    for (int i = 0; i < kEach; ++i) {
      const auto revision = store->TransactAndWait([](Txn& txn) {
        absl::StatusOr<Thing> counter = Things().Get(txn, KeyOf("counter"));
        Thing next = counter.ok() ? *std::move(counter) : MakeThing("counter");
        next.set_state(next.state() + 1);
        txn.Announce(1, "counter");
        return Things().Put(txn, next);
      });
      if (!revision.ok()) ++errors;
    }
  });
  CHECK(errors == 0);
  CHECK(Value(Things().Get(*store->Read(), KeyOf("counter"))).state() == kThreads * kEach);
  CHECK(store->revision() == kThreads * kEach);
  CHECK(Value(store->feed().Read(0, kThreads * kEach)).size() == kThreads * kEach);
}

TEST_CASE("answers come in the order of revisions, whoever asks", "[threads]") {
  const auto store = OpenStore();
  std::atomic<uint64_t> last = 0;
  std::atomic<int> wrong = 0;
  std::atomic<int> answers = 0;
  OnThreads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      store->Transact(
          [thread, i](Txn& txn) {
            return Things().Insert(txn, MakeThing(absl::StrCat(thread, "-", i)));
          },
          [&](absl::StatusOr<uint64_t> revision) {
            if (!revision.ok() || *revision <= last.exchange(revision.value_or(0))) ++wrong;
            ++answers;
          });
    }
  });
  REQUIRE_OK(store->TransactAndWait([](Txn&) { return absl::OkStatus(); }));
  CHECK(answers == kThreads * kEach);
  CHECK(wrong == 0);
}

TEST_CASE("readers see whole transactions while the writer writes", "[threads]") {
  const auto store = OpenStore();
  const auto write = [](uint32_t state) {
    return [state](Txn& txn) {
      absl::Status status = Things().Put(txn, MakeThing("left", state));
      status.Update(Things().Put(txn, MakeThing("right", state)));
      return status;
    };
  };
  REQUIRE_OK(store->TransactAndWait(write(0)));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::thread writer([&] {
    for (uint32_t i = 1; i <= kEach; ++i) {
      if (!store->TransactAndWait(write(i)).ok()) ++wrong;
    }
    stop = true;
  });
  OnThreads([&](int) {
    while (!stop) {
      const auto reader = store->Read();
      const auto left = Things().Get(*reader, KeyOf("left"));
      const auto right = Things().Get(*reader, KeyOf("right"));
      if (!left.ok() || !right.ok() || left->state() != right->state()) ++wrong;
      if (reader->revision() != left->state() + 1) ++wrong;
    }
  });
  writer.join();
  CHECK(wrong == 0);
}

TEST_CASE("repeated requests race, one of them runs", "[threads]") {
  const auto store = OpenStore();
  std::atomic<int> runs = 0;
  std::atomic<int> answers = 0;
  std::atomic<int> wrong = 0;
  OnThreads([&](int) {
    for (int i = 0; i < kEach; ++i) {
      const Thing thing = MakeThing(absl::StrCat(i));
      Mutate<Thing>(
          *store, {.scope = "s", .request_id = absl::StrCat("r", i), .digest = DigestOf(thing)},
          [&runs, thing](Txn& txn) -> absl::StatusOr<Thing> {
            ++runs;
            const absl::Status status = Things().Insert(txn, thing);
            if (!status.ok()) return status;
            return thing;
          },
          [&wrong, &answers, id = thing.id()](absl::StatusOr<Thing> response) {
            if (!response.ok() || response->id() != id) ++wrong;
            ++answers;
          });
    }
  });
  REQUIRE_OK(store->TransactAndWait([](Txn&) { return absl::OkStatus(); }));
  CHECK(runs == kEach);
  CHECK(answers == kThreads * kEach);
  CHECK(wrong == 0);
}

TEST_CASE("subscriptions come and go while batches are announced", "[threads]") {
  const auto store = OpenStore();
  std::atomic<uint64_t> calls = 0;
  std::atomic<int> wrong = 0;
  OnThreads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      if (thread % 2 == 0) {
        const auto revision = store->TransactAndWait([](Txn& txn) {
          txn.Announce(1, "x");
          return absl::OkStatus();
        });
        if (!revision.ok()) ++wrong;
      } else {
        std::atomic<bool> ended = false;
        {
          const Subscription subscription = store->feed().Subscribe([&](uint64_t) {
            if (ended) ++wrong;
            ++calls;
          });
        }
        ended = true;
      }
    }
  });
  CHECK(wrong == 0);
}

// Keys of what is due by a walk over everything, then when the next is.
std::vector<std::string> DueIn(const Reader& reader, absl::Time now) {
  std::vector<std::string> due;
  absl::Time next = absl::InfiniteFuture();
  REQUIRE_OK(Errands().Scan(reader, {.index = kByDue, .prefix = KeyOf("lane")},
                            [&](const Thing& thing, absl::string_view) {
                              if (At(thing.state()) > now) next = At(thing.state());
                              if (At(thing.state()) > now) return false;
                              due.push_back(KeyOf(thing.id()));
                              return true;
                            }));
  due.push_back(KeyOf(next));
  return due;
}

TEST_CASE("a head gives what its snapshot has while all threads write", "[threads]") {
  const auto store = OpenStore();
  IndexHead head(*store, kErrandTable, kByDue, KeyOf("lane"));
  std::atomic<uint32_t> now = 100;
  std::atomic<int> errors = 0;
  std::atomic<int> writing = kThreads;
  std::thread writers([&] {
    OnThreads([&](int thread) {
      for (uint32_t i = 0; i < kEach; ++i) {
        const std::string id = absl::StrCat(thread, "-", i % 7);
        const bool moved = store
                               ->TransactAndWait([&](Txn& txn) {
                                 const uint32_t due = now + i * 13 % 40 - 20;
                                 return Errands().Put(txn, MakeThing(id, due, "", {"lane"}));
                               })
                               .ok();
        const bool done =
            i % 3 == 0 ||
            store->TransactAndWait([&](Txn& txn) { return Errands().Delete(txn, KeyOf(id)); }).ok();
        if (!moved || !done) ++errors;
        if (i % 5 == 0) ++now;
      }
      --writing;
    });
  });
  int wrong = 0;
  while (writing > 0) {
    const auto reader = store->Read();
    const absl::Time time = At(now);
    std::vector<std::string> due;
    const auto next = Errands().ScanDue(*reader, head, time, [&](absl::string_view key) {
      due.emplace_back(key);
      return true;
    });
    due.push_back(KeyOf(next.value_or(absl::InfinitePast())));
    if (due != DueIn(*reader, time)) ++wrong;
  }
  writers.join();
  CHECK(errors == 0);
  CHECK(wrong == 0);
}

TEST_CASE("closing under load answers everybody once", "[threads]") {
  for (int round = 0; round < 10; ++round) {
    auto store = OpenStore();
    Database& database = *store;
    std::atomic<int> answers = 0;
    for (int i = 0; i < kEach; ++i) {
      database.Transact([i](Txn& txn) { return Things().Insert(txn, MakeThing(absl::StrCat(i))); },
                        [&](absl::StatusOr<uint64_t>) {
                          ++answers;
                          // From the completion thread, while the store may be closing.
                          database.Transact([](Txn&) { return absl::OkStatus(); },
                                            [&](absl::StatusOr<uint64_t>) { ++answers; });
                        });
    }
    store.reset();
    CHECK(answers == 2 * kEach);
  }
}

}  // namespace
}  // namespace eid::kv::testing
