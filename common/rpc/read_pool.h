// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "common/sync/worker_pool.h"

namespace eid::rpc {

// The threads of a program for RPCs that may read many rows, or rows that are not in memory: gRPC's
// own, two on a small machine, answer everybody else meanwhile.
class ReadPool : public WorkerPool {
 public:
  ReadPool() : WorkerPool({.name = "read", .threads = 2, .max_queue = 256}) {}
};

// RESOURCE_EXHAUSTED OVERLOADED, with RetryInfo: so many are waiting to be read.
absl::Status TooManyReads();
// DEADLINE_EXCEEDED: the caller no longer waits.
absl::Status ReadTooLate();

}  // namespace eid::rpc
