// SPDX-License-Identifier: Apache-2.0
// Loads on a store in this process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/bench/core/commits.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/row.h"

namespace eid::bench {

// The limit of durable mutations: what CreateItem writes, the same bytes under keys as different,
// written straight to RocksDB (raw_writes.h). `context` outlives it.
std::shared_ptr<Contender> RawLoad(Context& context);

// The same with what others committed, as `record` gives it when the contender is prepared: a job
// writes the next commit; after the last it is the first's turn again, under new keys of the same
// sizes.
std::shared_ptr<Contender> ReplayLoad(Context& context, std::string name,
                                      std::function<absl::StatusOr<std::vector<Commit>>()> record);

// CreateItem (items.h) through common/kv, in process. A fresh store for each measurement.
std::shared_ptr<Contender> MutationLoad(Context& context);

}  // namespace eid::bench
