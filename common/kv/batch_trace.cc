// SPDX-License-Identifier: Apache-2.0
#include "common/kv/batch_trace.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

// Rows, used in turn.
constexpr uint64_t kTraces = 4;

std::string TraceKey(uint64_t batch) { return absl::StrCat("batch ", batch % kTraces); }

}  // namespace

void LeaveTrace(Txn& txn, StateRow& state) {
  state.set_batch(state.batch() + 1);
  txn.Put(Space::kMeta, TraceKey(state.batch()), absl::StrCat(state.batch()));
}

absl::Status CheckTraces(const Reader& reader, const StateRow& state) {
  for (uint64_t back = 0; back < kTraces && back < state.batch(); ++back) {
    const uint64_t batch = state.batch() - back;
    ASSIGN_OR_RETURN(const std::optional<std::string> trace,
                     reader.Get(Space::kMeta, TraceKey(batch)));
    if (trace == absl::StrCat(batch)) continue;
    return absl::DataLossError(absl::StrCat(
        "The store has its latest changes, but not those before: of its ", state.batch(),
        " batches number ", batch,
        " is missing, as if a log file were gone. Move it aside and restore the latest backup."));
  }
  return absl::OkStatus();
}

}  // namespace eid::kv
