// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: each of the last batches leaves a row of its own, so that a store which has
// its latest batch but not the one before it is found out.
//
// RocksDB writes down that a log is needed when the next one has been synced for the first time. A
// process that is killed in between leaves a log whose loss nobody would miss: the revision is the
// latest, and what is left of the logs has no gap. The batch that was synced then is the only one in
// its log, so the one before it went with the lost log, and its row with it.
#pragma once

#include "absl/status/status.h"
#include "common/kv/database.h"
#include "common/kv/storage.pb.h"

namespace eid::kv {

// Counts the batch in `state` and leaves its row.
void LeaveTrace(Txn& txn, StateRow& state);

// DATA_LOSS: of the last batches one is missing.
absl::Status CheckTraces(const Reader& reader, const StateRow& state);

}  // namespace eid::kv
