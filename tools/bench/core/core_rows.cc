// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/core_rows.h"

#include "tools/bench/core/etcd_load.h"
#include "tools/bench/core/served_loads.h"
#include "tools/bench/core/store_loads.h"

namespace eid::bench {

std::vector<Row> CoreRows(Context& context) {
  const auto raw = RawLoad(context);
  const auto mutation = MutationLoad(context);
  const auto create = ServiceCreateLoad(context);
  const auto put = ServicePutLoad(context);
  const auto etcd = EtcdPutLoad(context);
  return {
      {.id = "raw",
       .what = "one thread, synced batches of the same bytes, straight to RocksDB",
       .against = "",
       .contenders = {mutation, raw},
       .measure = [](const std::vector<Sample>& samples) { return samples.at(1).calls_per_second; },
       .unit = "calls/s"},
      {.id = "mutation",
       .what = "durable mutation: row, two indexes, feed entry, request id; in process",
       .against = "raw",
       .contenders = {mutation, raw},
       .bar = Bar{.least = 0.6, .aim = 0.9}},
      {.id = "rpc",
       .what = "the same behind one RPC, no TLS",
       .against = "raw",
       .contenders = {create, raw},
       .bar = Bar{.least = 0.40, .aim = 0.50}},
      {.id = "group",
       .what = "calls per fsync, behind one RPC",
       .against = "",
       .contenders = {create, raw},
       .measure = Figure(&Sample::calls_per_fsync),
       .unit = "calls",
       .bar = Bar{.least = 8, .aim = 18}},
      {.id = "etcd",
       .what = "durable put of one row, no TLS: throughput",
       .against = "etcd",
       .contenders = {put, etcd},
       .bar = Bar{.least = 1.0, .aim = 1.3}},
      {.id = "etcd-p99",
       .what = "durable put of one row, no TLS: p99",
       .against = "etcd",
       .contenders = {put, etcd},
       .measure = P99Ratio(),
       .bar = Bar{.least = 0.85, .aim = 0.65, .higher_is_better = false}},
      {.id = "pipeline",
       .what = "echo through pipeline, policy and log line, no TLS",
       .against = "a bare echo",
       .contenders = {ServiceEchoLoad(context), BareEchoLoad(context, Hops::kDirect, 200, 600)}},
  };
}

}  // namespace eid::bench
