// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "common/kv/engine.h"
#include "common/status/macros.h"
#include "rocksdb/write_batch.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/store_loads.h"
#include "tools/bench/frame/closed_loop.h"
#include "tools/bench/frame/histogram.h"
#include "tools/bench/frame/watched.h"

namespace eid::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr kv::Space kSpaces[] = {kv::Space::kRows, kv::Space::kIndexes, kv::Space::kRequests,
                                 kv::Space::kFeed};

// A key or a value with the places where it differs from job to job.
struct Pattern {
  std::string bytes;
  // Offset in `bytes`, and which of the job's names belongs there.
  std::vector<std::pair<size_t, std::string Names::*>> places;
};

struct Entry {
  kv::Space space;
  Pattern key;
  Pattern value;
};

constexpr std::string Names::*kNames[] = {&Names::item_id, &Names::owner_id, &Names::code,
                                          &Names::request_id};

Pattern PatternOf(absl::string_view bytes, const Names& names) {
  Pattern pattern = {.bytes = std::string(bytes)};
  for (const auto name : kNames) {
    for (size_t at = pattern.bytes.find(names.*name); at != std::string::npos;
         at = pattern.bytes.find(names.*name, at + 1)) {
      pattern.places.emplace_back(at, name);
    }
  }
  return pattern;
}

rocksdb::Slice Fill(Pattern& pattern, const Names& names) {
  for (const auto& [at, name] : pattern.places) {
    pattern.bytes.replace(at, (names.*name).size(), names.*name);
  }
  return pattern.bytes;
}

// Lets the store itself say what it writes for a job.
absl::StatusOr<std::vector<Entry>> RecordJob() {
  ASSIGN_OR_RETURN(const auto database, kv::Database::Open({.in_memory = true}));
  std::promise<absl::Status> promise;
  CreateItem(*database, MakeCreateRequest(0), [&](absl::StatusOr<v1::CreateItemResponse> created) {
    promise.set_value(created.status());
  });
  RETURN_IF_ERROR(promise.get_future().get());
  const Names names = NamesOf(0);
  std::vector<Entry> entries;
  const auto reader = database->Read();
  for (const kv::Space space : kSpaces) {
    RETURN_IF_ERROR(reader->Scan(space, {}, [&](absl::string_view key, absl::string_view value) {
      entries.push_back({space, PatternOf(key, names), PatternOf(value, names)});
      return true;
    }));
  }
  return entries;
}

class Raw final : public Contender {
 public:
  explicit Raw(Context& context) : context_(context) {}

  std::string name() const override { return "raw"; }

  absl::Status Prepare() override {
    ASSIGN_OR_RETURN(entries_, RecordJob());
    return absl::OkStatus();
  }

  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override {
    ASSIGN_OR_RETURN(const std::string folder, context_.FreshFolder("raw"));
    const Scratch scratch(folder);
    ASSIGN_OR_RETURN(const auto engine, kv::Engine::Open({.path = folder + "/data"}));
    jobs_ = 0;
    fsyncs_ = 0;
    Histogram latencies;
    RETURN_IF_ERROR(WriteFor(*engine, in_flight, WarmUpOf(duration), latencies));
    const Watched watched = {.pids = {0}, .fsyncs = [this] { return fsyncs_; }};
    const Meter meter(watched);
    const uint64_t before = jobs_;
    latencies = Histogram();
    RETURN_IF_ERROR(WriteFor(*engine, in_flight, duration, latencies));
    Sample sample = meter.Finish(jobs_ - before);
    sample.p50_us = latencies.Percentile(0.50) / 1000;
    sample.p99_us = latencies.Percentile(0.99) / 1000;
    return sample;
  }

 private:
  absl::Status WriteFor(const kv::Engine& engine, int in_flight, absl::Duration duration,
                        Histogram& latencies) {
    const auto until = SteadyClock::now() + absl::ToChronoNanoseconds(duration);
    rocksdb::WriteOptions durable;
    durable.sync = true;
    rocksdb::WriteBatch batch;
    auto begin = SteadyClock::now();
    while (begin < until) {
      batch.Clear();
      for (int i = 0; i < in_flight; ++i) RETURN_IF_ERROR(AddJob(engine, batch));
      RETURN_IF_ERROR(kv::FromRocks(engine.db()->Write(durable, &batch)));
      ++fsyncs_;
      const auto end = SteadyClock::now();
      const auto took = static_cast<uint64_t>(std::chrono::nanoseconds(end - begin).count());
      for (int i = 0; i < in_flight; ++i) latencies.Add(took);
      begin = end;
    }
    return absl::OkStatus();
  }

  absl::Status AddJob(const kv::Engine& engine, rocksdb::WriteBatch& batch) {
    const Names names = NamesOf(++jobs_);
    for (Entry& entry : entries_) {
      if (entry.space == kv::Space::kFeed) CountUp(entry.key.bytes);
      RETURN_IF_ERROR(kv::FromRocks(
          batch.Put(engine.family(entry.space), Fill(entry.key, names), Fill(entry.value, names))));
    }
    return absl::OkStatus();
  }

  // The revision in front of a feed entry's key, big-endian.
  void CountUp(std::string& key) const {
    for (int i = 7, shift = 0; i >= 0; --i, shift += 8) key[i] = static_cast<char>(jobs_ >> shift);
  }

  Context& context_;
  std::vector<Entry> entries_;
  uint64_t jobs_ = 0;
  uint64_t fsyncs_ = 0;
};

}  // namespace

std::shared_ptr<Contender> RawLoad(Context& context) { return std::make_shared<Raw>(context); }

}  // namespace eid::bench
