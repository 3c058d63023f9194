// SPDX-License-Identifier: Apache-2.0
// Loads on a store in this process.
#pragma once

#include <memory>
#include <vector>

#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/row.h"

namespace eid::bench {

// The limit of durable mutations: one thread that writes what CreateItem writes, the same bytes under
// keys as different, straight to RocksDB with the options of common/kv. So many jobs to one batch as
// are in flight, one synced write for the batch; nothing is checked, looked up or parsed, and nobody
// is answered. A fresh store for each measurement. `context` outlives it.
std::shared_ptr<Contender> RawLoad(Context& context);

// CreateItem (items.h) through common/kv, in process. A fresh store for each measurement.
std::shared_ptr<Contender> MutationLoad(Context& context);

}  // namespace eid::bench
