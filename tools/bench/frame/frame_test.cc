// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "common/sync/mutex.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "tools/bench/frame/closed_loop.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/histogram.h"
#include "tools/bench/frame/report.h"
#include "tools/bench/frame/runner.h"
#include "tools/bench/frame/spread.h"

namespace eid::bench {
namespace {

// Gives what it was told to give.
class Scripted : public Contender {
 public:
  Scripted(std::string name, std::vector<double> rates) : name_(std::move(name)), rates_(rates) {}

  std::string name() const override { return name_; }
  absl::Status Prepare() override { return prepared; }
  absl::StatusOr<Sample> Run(int, absl::Duration) override {
    if (order != nullptr) order->push_back(name_);
    Sample sample;
    sample.calls = 1;
    sample.errors = errors;
    sample.calls_per_second = rates_[next_++ % rates_.size()];
    sample.extra["rate"] = sample.calls_per_second;
    return sample;
  }
  void Release() override { ++released; }

  absl::Status prepared;
  uint64_t errors = 0;
  int released = 0;
  std::vector<std::string>* order = nullptr;

 private:
  const std::string name_;
  const std::vector<double> rates_;
  size_t next_ = 0;
};

Row RowOf(std::vector<std::shared_ptr<Contender>> contenders, Bar bar) {
  return {.id = "row",
          .what = "a",
          .against = "b",
          .contenders = std::move(contenders),
          .bar = bar,
          .levels = {64}};
}

TEST_CASE("a percentile is the middle of a bucket at most 1.6 % wide") {
  const uint64_t value = GENERATE(uint64_t{1}, 63, 64, 1000, 123456, 7000000000);
  Histogram histogram;
  histogram.Add(value);
  CHECK(histogram.Percentile(0.5) == Approx(static_cast<double>(value)).epsilon(0.008));
  CHECK(histogram.Percentile(0.99) == histogram.Percentile(0.5));
}

TEST_CASE("percentiles of many latencies, merged") {
  Histogram low;
  Histogram high;
  for (uint64_t i = 1; i <= 500; ++i) low.Add(i * 1000);
  for (uint64_t i = 501; i <= 1000; ++i) high.Add(i * 1000);
  low.Merge(high);
  CHECK(low.count() == 1000);
  CHECK(low.Percentile(0.5) == Approx(500e3).epsilon(0.016));
  CHECK(low.Percentile(0.99) == Approx(990e3).epsilon(0.016));
  CHECK(low.Percentile(0) == Approx(1000).epsilon(0.016));
  CHECK(Histogram().Percentile(0.5) == 0);
}

TEST_CASE("a spread of odd and even numbers of rounds") {
  CHECK(SpreadOf({3, 1, 2}).median == 2);
  CHECK(SpreadOf({4, 1, 2, 3}).median == 2.5);
  CHECK(SpreadOf({4, 1, 2, 3}).min == 1);
  CHECK(SpreadOf({4, 1, 2, 3}).max == 4);
}

TEST_CASE("a bar is reached from its side, and what is no number misses") {
  const Bar high = {.least = 0.6, .aim = 0.9};
  CHECK(Judge(high, 0.59) == Verdict::kMissed);
  CHECK(Judge(high, 0.6) == Verdict::kLeast);
  CHECK(Judge(high, 0.9) == Verdict::kAim);
  const Bar low = {.least = 0.85, .aim = 0.65, .higher_is_better = false};
  CHECK(Judge(low, 0.86) == Verdict::kMissed);
  CHECK(Judge(low, 0.85) == Verdict::kLeast);
  CHECK(Judge(low, 0.6) == Verdict::kAim);
  CHECK(Judge(low, 0) == Verdict::kMissed);
  CHECK(Judge(low, -1) == Verdict::kMissed);
  CHECK(Judge(low, std::numeric_limits<double>::quiet_NaN()) == Verdict::kMissed);
}

TEST_CASE("ratios are taken within a round, and the order turns") {
  std::vector<std::string> order;
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{50, 200, 90});
  const auto limit = std::make_shared<Scripted>("limit", std::vector<double>{100, 100, 300});
  ours->order = limit->order = &order;
  const std::vector<Row> rows = {RowOf({ours, limit}, {.least = 0.4, .aim = 0.6})};
  const Results results = RunRows(rows, {.rounds = 3});
  REQUIRE(results.rows.size() == 1);
  const LevelResult* const at = results.rows[0].AtBar();
  REQUIRE(at != nullptr);
  CHECK(at->values == std::vector<double>{0.5, 2, 0.3});
  CHECK(at->spread.median == 0.5);
  CHECK(results.rows[0].Passes());
  CHECK(order == std::vector<std::string>{"ours", "limit", "limit", "ours", "ours", "limit"});
  CHECK(ours->released == 1);
}

TEST_CASE("rows with the same contenders share their samples") {
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{1});
  const auto limit = std::make_shared<Scripted>("limit", std::vector<double>{2});
  std::vector<Row> rows = {RowOf({ours, limit}, {.least = 0.4, .aim = 0.6}),
                           RowOf({ours, limit}, {.least = 2, .aim = 3})};
  rows[1].measure = Figure(&Sample::calls_per_second);
  const Results results = RunRows(rows, {.rounds = 1});
  CHECK(results.cells.size() == 2);
  CHECK(results.rows[0].Passes());
  CHECK_FALSE(results.rows[1].Passes());
}

TEST_CASE("what failed or is missing does not pass, and is said") {
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{1});
  const auto peer = std::make_shared<Scripted>("peer", std::vector<double>{1});
  SECTION("a peer that is not installed") {
    peer->prepared = absl::FailedPreconditionError("peer: not installed; apt-get install peer");
  }
  SECTION("calls that failed") { ours->errors = 3; }
  std::vector<Row> rows(2, RowOf({ours, peer}, {.least = 0.1, .aim = 0.2}));
  rows[1].bar = std::nullopt;
  const Results results = RunRows(rows, {.rounds = 2});
  CHECK_FALSE(results.rows[0].Passes());
  CHECK_FALSE(results.rows[1].Passes());
  const std::string table = Table({}, results);
  CHECK_THAT(table, Catch::Contains("NOT MEASURED"));
  CHECK_THAT(table, Catch::Contains(peer->prepared.ok() ? "3 calls failed" : "not installed"));
}

TEST_CASE("a row without a bar passes if it was measured") {
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{1});
  std::vector<Row> rows = {RowOf({ours}, {})};
  rows[0].bar = std::nullopt;
  rows[0].measure = Figure(&Sample::calls_per_second);
  CHECK(RunRows(rows, {.rounds = 1}).rows[0].Passes());
}

TEST_CASE("what else is reported is a median of the rounds, too") {
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{30, 70, 20});
  std::vector<Row> rows = {RowOf({ours}, {})};
  rows[0].measure = Extra("rate");
  const Results results = RunRows(rows, {.rounds = 3});
  CHECK_THAT(Table({}, results), Catch::Contains("30.0 rate"));
}

TEST_CASE("numbers are short") {
  CHECK(ShortNumber(12345.6) == "12346");
  CHECK(ShortNumber(12.34) == "12.3");
  CHECK(ShortNumber(1.234) == "1.23");
  CHECK(ShortNumber(0.0123) == "0.012");
  CHECK(ShortNumber(0) == "0");
  CHECK(ShortNumber(std::nan("")) == "-");
}

TEST_CASE("JSON has every round, and nothing that is no number") {
  const auto ours = std::make_shared<Scripted>("ours", std::vector<double>{1});
  const auto limit = std::make_shared<Scripted>("limit", std::vector<double>{0});
  const std::vector<Row> rows = {RowOf({ours, limit}, {.least = 0.1, .aim = 0.2})};
  const Plan plan = {.rounds = 2};
  const std::string json = Json({{"system", "a \"b\""}}, plan, RunRows(rows, plan));
  CHECK_THAT(json, Catch::Contains(R"("system":"a \"b\"")"));
  CHECK_THAT(json, Catch::Contains(R"("rounds":[null,null])"));
  CHECK_THAT(json, Catch::Contains(R"("passes":"no")"));
}

// Ends calls on a thread of its own, all that wait at a time.
class Ender {
 public:
  ~Ender() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
      changed_.notify_one();
    }
    thread_.join();
  }
  void EndSoon(Done done) {
    const MutexLock lock(mutex_);
    waiting_.push_back(std::move(done));
    changed_.notify_one();
  }

 private:
  void Run() {
    while (true) {
      std::vector<Done> ending;
      {
        MutexLock lock(mutex_);
        while (waiting_.empty() && !stopping_) lock.Wait(changed_);
        if (waiting_.empty()) return;
        ending.swap(waiting_);
      }
      for (const Done& done : ending) done(absl::OkStatus());
    }
  }

  Mutex mutex_;
  std::condition_variable changed_;
  std::vector<Done> waiting_;
  bool stopping_ = false;
  std::thread thread_{[this] { Run(); }};
};

TEST_CASE("a closed loop keeps so many calls under way, also when some end at once") {
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  std::atomic<int> started = 0;
  Ender ender;
  const Sample sample = RunClosedLoop({.pids = {0}}, 8, absl::Milliseconds(30), [&](Done done) {
    const int now = ++under_way;
    most = std::max(most.load(), now);
    const auto end = [&under_way, done = std::move(done)](const absl::Status& status) {
      --under_way;
      done(status);
    };
    if (++started % 3 == 0) return end(absl::OkStatus());
    ender.EndSoon(end);
  });
  CHECK(most == 8);
  CHECK(sample.calls > 0);
  CHECK(sample.errors == 0);
  CHECK(sample.cpu_us_per_call > 0);
}

TEST_CASE("a closed loop counts failures and gives the first") {
  Ender ender;
  std::atomic<int> started = 0;
  const Sample sample = RunClosedLoop({}, 2, absl::Milliseconds(10), [&](Done done) {
    ender.EndSoon([done = std::move(done), fail = ++started == 1](const absl::Status& status) {
      done(fail ? absl::UnavailableError("away") : status);
    });
  });
  CHECK(sample.errors == 1);
  CHECK_THAT(sample.first_error, Catch::Contains("away"));
}

TEST_CASE("asking for the fsyncs is not measured") {
  using SteadyClock = std::chrono::steady_clock;
  // Of each time that they are asked for: begin and end.
  std::vector<std::pair<SteadyClock::time_point, SteadyClock::time_point>> asked;
  uint64_t fsyncs = 7;
  const Watched watched = {.fsyncs = [&] {
    const auto begin = SteadyClock::now();
    while (SteadyClock::now() - begin < std::chrono::milliseconds(1)) {
    }
    asked.emplace_back(begin, SteadyClock::now());
    return fsyncs;
  }};
  const Meter meter(watched);
  fsyncs += 2;
  const Sample sample = meter.Finish(10);
  REQUIRE(asked.size() == 2);
  const double between = std::chrono::duration<double>(asked[1].first - asked[0].second).count();
  CHECK(static_cast<double>(sample.calls) / sample.calls_per_second <= between);
  CHECK(sample.calls_per_fsync == 5);
}

TEST_CASE("fsyncs that cannot be asked for are not counted") {
  std::optional<uint64_t> fsyncs;
  const Watched watched = {.fsyncs = [&] { return fsyncs; }};
  const Meter meter(watched);
  fsyncs = 1000;
  CHECK(meter.Finish(10).fsyncs_per_second == 0);
}

TEST_CASE("rows are chosen by id") {
  std::vector<Row> rows(2);
  rows[0].id = "a";
  rows[1].id = "b";
  REQUIRE_OK(Choose(rows, {"b"}));
  CHECK(Choose(rows, {"b"})->front().id == "b");
  CHECK(Choose(rows, {})->size() == 2);
  CHECK_FALSE(Choose(rows, {"a", "c"}).ok());
}

TEST_CASE("a program that is not there is said, with its package") {
  const auto program = FindSystemProgram("no-such-program", "some-package");
  CHECK(absl::IsFailedPrecondition(program.status()));
  CHECK(program.status().message() ==
        "no-such-program: not installed; apt-get install some-package");
  CHECK(FindSystemProgram("sh", "dash").ok());
}

TEST_CASE("options") {
  const auto options = ParseOptions({"--rows", "a,b", "--rounds=7", "--seconds", "0.5"});
  REQUIRE_OK(options);
  CHECK(options->rows == std::vector<std::string>{"a", "b"});
  CHECK(options->rounds == 7);
  CHECK(options->duration == absl::Milliseconds(500));
  CHECK(ParseOptions({"--rounds=1", "--quick"})->rounds == 1);
  CHECK(ParseOptions({"--quick"})->rounds == 2);
  CHECK_FALSE(ParseOptions({"--rounds"}).ok());
  CHECK_FALSE(ParseOptions({"--rounds", "0"}).ok());
  CHECK_FALSE(ParseOptions({"--what"}).ok());
  CHECK_FALSE(ParseOptions({"what"}).ok());
}

}  // namespace
}  // namespace eid::bench
