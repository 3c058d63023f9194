// SPDX-License-Identifier: Apache-2.0
// Batches on their way to the disk while the next ones are made.
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "rocksdb/file_system.h"

namespace eid::kv::testing {
namespace {

// Where a sync of the log waits, once it is closed.
class Gate {
 public:
  void Close() { Set(true); }
  void Open() { Set(false); }
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
    --waiting_;
  }
  void AwaitOneWaiting() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  void Set(bool closed) {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = closed;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int waiting_ = 0;
};

class GatedLog : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  GatedLog(std::unique_ptr<rocksdb::FSWritableFile> file, Gate& gate)
      : FSWritableFileOwnerWrapper(std::move(file)), gate_(gate) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    gate_.Pass();
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  Gate& gate_;
};

class GatedFiles : public rocksdb::FileSystemWrapper {
 public:
  explicit GatedFiles(Gate& gate)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), gate_(gate) {}
  const char* Name() const override { return "GatedFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus made = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (made.ok() && absl::EndsWith(name, ".log")) {
      *file = std::make_unique<GatedLog>(std::move(*file), gate_);
    }
    return made;
  }

 private:
  Gate& gate_;
};

Database::Body Insert(const std::string& id) {
  return [id](Txn& txn) { return Things().Insert(txn, MakeThing(id)); };
}

TEST_CASE("while a batch is written the next is made, which reads it and is answered after it",
          "[threads]") {
  const TempFolder folder;
  Gate gate;
  FakeClock clock;
  const auto store = OpenStore({.path = folder / "store",
                                .file_system = std::make_shared<GatedFiles>(gate),
                                .clock = &clock});
  const uint64_t syncs = store->statistics().syncs;
  gate.Close();
  Outcome first;
  store->Transact(Insert("a"), first.Callback());
  gate.AwaitOneWaiting();

  Outcome second;
  Outcome failed;
  Outcome reads;
  Outcome changes;
  std::promise<void> ran;
  store->Transact(Insert("a"), second.Callback());
  store->Transact(
      [](Txn& txn) {
        absl::Status status = Things().Delete(txn, KeyOf("a"));
        status.Update(absl::AbortedError("changed my mind"));
        return status;
      },
      failed.Callback());
  bool has_first = false;
  store->Transact(
      [&](Txn& txn) {
        has_first = Things().Has(txn, KeyOf("a")).value_or(false);
        return absl::OkStatus();
      },
      reads.Callback());
  store->Transact(
      [&](Txn& txn) {
        absl::Status status = Things().Delete(txn, KeyOf("a"));
        status.Update(Things().Insert(txn, MakeThing("b")));
        ran.set_value();
        return status;
      },
      changes.Callback());
  // They run though the log is busy.
  ran.get_future().wait();
  // Nobody's time is before they came, however long the batch has been open.
  clock.Advance(absl::Hours(1));
  std::promise<absl::Time> time;
  Outcome later;
  store->Transact(
      [&](Txn& txn) {
        time.set_value(txn.time());
        return absl::OkStatus();
      },
      later.Callback());
  CHECK(time.get_future().get() == clock.TimeNow());
  CHECK(has_first);
  CHECK_FALSE(first.Ready());
  CHECK_FALSE(reads.Ready());
  CHECK(store->revision() == 0);
  CHECK_FALSE(Things().Has(*store->Read(), KeyOf("a")).value_or(true));

  gate.Open();
  CHECK(Value(first.Get()) == 1);
  CHECK(second.Get().status().code() == absl::StatusCode::kAlreadyExists);
  CHECK(failed.Get().status().code() == absl::StatusCode::kAborted);
  CHECK(Value(reads.Get()) == 1);
  CHECK(Value(changes.Get()) == 2);
  CHECK(Value(later.Get()) == 2);
  CHECK(store->statistics().syncs == syncs + 2);
  CHECK_FALSE(Things().Has(*store->Read(), KeyOf("a")).value_or(true));
  CHECK(Things().Has(*store->Read(), KeyOf("b")).value_or(false));
}

// A body's part of a random program: what it reads must be what all before it left, and what it
// writes is written to both, or to neither if it fails.
class Program {
 public:
  using Rows = std::map<std::string, std::string>;

  absl::Status Run(Txn& txn, uint32_t seed) {
    std::mt19937 random(seed);
    Rows rows = rows_;
    for (uint32_t steps = random() % 6; steps > 0; --steps) Step(txn, random, rows);
    if (random() % 4 == 0) return absl::AbortedError("undone");
    rows_ = std::move(rows);
    return absl::OkStatus();
  }

  const Rows& rows() const { return rows_; }
  const std::string& problem() const { return problem_; }

 private:
  void Step(Txn& txn, std::mt19937& random, Rows& rows) {
    const std::string key = absl::StrCat("key", random() % 40);
    switch (random() % 5) {
      case 0:
      case 1: return Write(txn, random, rows, key);
      case 2: {
        const auto value = txn.Get(Space::kRows, key);
        const auto expected = rows.find(key);
        const auto wanted =
            expected == rows.end() ? std::nullopt : std::optional<std::string>(expected->second);
        if (!value.ok() || *value != wanted) problem_ = absl::StrCat("get ", key);
        return;
      }
      default: return Walk(txn, random, rows, key);
    }
  }

  static void Write(Txn& txn, std::mt19937& random, Rows& rows, const std::string& key) {
    if (random() % 3 == 0) {
      txn.Delete(Space::kRows, key);
      rows.erase(key);
      return;
    }
    const std::string value = absl::StrCat("value", random());
    txn.Put(Space::kRows, key, value);
    rows[key] = value;
  }

  // Writes while it walks, too: keys before and behind the current one.
  void Walk(Txn& txn, std::mt19937& random, Rows& rows, const std::string& after) {
    const bool descending = random() % 2 == 0;
    KeyRange range = {.prefix = "key", .descending = descending};
    if (random() % 2 == 0) range.after = after;
    std::string last = range.after;
    const absl::Status scanned =
        txn.Scan(Space::kRows, range, [&](absl::string_view key, absl::string_view value) {
          const auto next = Next(rows, last, descending);
          if (next == rows.end() || next->first != key || next->second != value) {
            problem_ = absl::StrCat("walk at ", key);
            return false;
          }
          last = std::string(key);
          if (random() % 4 == 0) {
            Write(txn, random, rows, absl::StrCat("key", random() % 40));
          }
          return random() % 16 != 0;
        });
    if (!scanned.ok()) problem_ = "walk failed";
  }

  static Rows::const_iterator Next(const Rows& rows, const std::string& last, bool descending) {
    if (!descending) return rows.upper_bound(last);
    auto at = last.empty() ? rows.end() : rows.lower_bound(last);
    return at == rows.begin() ? rows.end() : std::prev(at);
  }

  Rows rows_;
  std::string problem_;
};

TEST_CASE("each body reads what all before it wrote, wherever that is on its way", "[threads]") {
  const uint32_t seed = std::random_device()();
  INFO("seed " << seed);
  const TempFolder folder;
  Program program;
  {
    const auto store =
        OpenStore({.path = folder / "store", .write_buffer_bytes = size_t{64} << 10});
    constexpr uint32_t kBodies = 3000;
    for (uint32_t i = 0; i < kBodies; ++i) {
      store->Transact([&program, n = seed + i](Txn& txn) { return program.Run(txn, n); },
                      [](absl::StatusOr<uint64_t>) {});
    }
    REQUIRE_OK(store->TransactAndWait([](Txn&) { return absl::OkStatus(); }));
    CHECK(program.problem() == "");
  }
  const auto store = OpenStore({.path = folder / "store"});
  Program::Rows rows;
  REQUIRE_OK(store->Read()->Scan(Space::kRows, {.prefix = "key"},
                                 [&](absl::string_view key, absl::string_view value) {
                                   rows[std::string(key)] = std::string(value);
                                   return true;
                                 }));
  CHECK(rows == program.rows());
}

}  // namespace
}  // namespace eid::kv::testing
