// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/raw_writes.h"

#include <chrono>
#include <string>

#include "common/status/macros.h"
#include "tools/bench/frame/closed_loop.h"
#include "tools/bench/frame/watched.h"

namespace eid::bench {

using SteadyClock = std::chrono::steady_clock;

absl::StatusOr<Sample> RawWrites::Run(int in_flight, absl::Duration duration) {
  ASSIGN_OR_RETURN(const std::string folder, context_.FreshFolder("raw"));
  const Scratch scratch(folder);
  ASSIGN_OR_RETURN(const auto engine, kv::Engine::Open({.path = folder + "/data"}));
  jobs_ = fsyncs_ = keys_ = bytes_ = 0;
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
  sample.extra["keys"] = static_cast<double>(keys_) / static_cast<double>(jobs_);
  sample.extra["bytes"] = static_cast<double>(bytes_) / static_cast<double>(jobs_);
  return sample;
}

absl::Status RawWrites::WriteFor(const kv::Engine& engine, int in_flight, absl::Duration duration,
                                 Histogram& latencies) {
  const auto until = SteadyClock::now() + absl::ToChronoNanoseconds(duration);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  rocksdb::WriteBatch batch;
  auto begin = SteadyClock::now();
  while (begin < until) {
    batch.Clear();
    for (int i = 0; i < in_flight; ++i) {
      RETURN_IF_ERROR(kv::FromRocks(AddJob(++jobs_, engine, batch)));
    }
    keys_ += batch.Count();
    bytes_ += batch.GetDataSize();
    RETURN_IF_ERROR(kv::FromRocks(engine.db()->Write(durable, &batch)));
    ++fsyncs_;
    const auto end = SteadyClock::now();
    const auto took = static_cast<uint64_t>(std::chrono::nanoseconds(end - begin).count());
    for (int i = 0; i < in_flight; ++i) latencies.Add(took);
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace eid::bench
