// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/sync/mutex.h"

namespace eid::identity {

// The sessions that were found to be good since the store changed last: portals ask about the same
// few far more often than anything is written, and until something is, the store says the same.
// Thread-safe.
class GoodSessions {
 public:
  // So many are remembered; the next are looked up each time.
  static constexpr size_t kMost = 10'000;

  // Whether the session was found good in the store of this revision, and still is at `now`.
  bool Contains(uint64_t revision, absl::string_view session_id, absl::Time now) const;
  // It is, in the store of this revision, until `until`. What was found in an earlier one is
  // forgotten.
  void Add(uint64_t revision, absl::string_view session_id, absl::Time until);

 private:
  mutable Mutex mu_;
  uint64_t revision_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, absl::Time> until_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::identity
