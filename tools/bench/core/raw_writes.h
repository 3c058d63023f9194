// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/kv/engine.h"
#include "rocksdb/write_batch.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/histogram.h"

namespace eid::bench {

// One thread that writes straight to RocksDB with the options of common/kv: so many jobs to one batch
// as are in flight, one synced write for the batch; nothing is checked, looked up or parsed, and
// nobody is answered. A fresh store for each measurement.
//
// Extra: "keys" and "bytes" of a job, as the log has them.
class RawWrites : public Contender {
 public:
  // `context` outlives this.
  explicit RawWrites(Context& context) : context_(context) {}
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) final;

 protected:
  // Adds what the n-th job of a store writes, the first being 1.
  virtual rocksdb::Status AddJob(uint64_t n, const kv::Engine& engine,
                                 rocksdb::WriteBatch& batch) = 0;

 private:
  absl::Status WriteFor(const kv::Engine& engine, int in_flight, absl::Duration duration,
                        Histogram& latencies);

  Context& context_;
  uint64_t jobs_ = 0;
  uint64_t fsyncs_ = 0;
  uint64_t keys_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace eid::bench
