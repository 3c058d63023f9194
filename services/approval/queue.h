// SPDX-License-Identifier: Apache-2.0
// The queue: cases by due time, filtered, in pages that are stable while cases come and go. Each
// page walks the narrowest index there is: by reviewer and state, reviewer, state and category, state,
// running clock and category, running clock, category, or all; the due-time filters bound the walk.
// What no index knows (the category among one reviewer's cases; whether a clock is stopped; a running
// clock's mark beside its due time) is filtered on the way, at most kScanLimit rows a page. Knows no
// gRPC.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "eid/approval/v1/approval_service.pb.h"

namespace eid::approval {

// Rows that one page looks at. A page may be short, even empty, though more follow.
inline constexpr size_t kScanLimit = 1'000;

// Thread-safe.
class Queue {
 public:
  // Both outlive this.
  Queue(const kv::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // A claim that has just lapsed is among the OPEN ones once the timers have swept it, milliseconds
  // later; it is never among the CLAIMED.
  absl::StatusOr<v1::ListCasesResponse> List(const v1::ListCasesRequest& request) const;

 private:
  const kv::Database& database_;
  const Clock& clock_;
};

}  // namespace eid::approval
