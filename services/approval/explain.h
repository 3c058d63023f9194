// SPDX-License-Identifier: Apache-2.0
// Why a case is where it is, and what may come next. Pure.
#pragma once

#include "absl/time/time.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "services/approval/decide.h"
#include "services/approval/storage.pb.h"

namespace eid::approval {

// For the caller, at `now`. Every state but the final ones has a next action.
v1::CaseExplanation Explain(const CaseRow& row, const Officer& caller, absl::Time now);

}  // namespace eid::approval
