// SPDX-License-Identifier: Apache-2.0
#include "services/identity/ended_sessions.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "services/identity/store.h"

namespace eid::identity {

absl::Status EndedSessions::Load(const kv::Reader& reader) {
  const absl::Time since = clock_.TimeNow() - kRemembered;
  MutexLock lock(mu_);
  return SessionTable().Scan(reader, {.index = kSessionByEnd},
                             [&](SessionRow row, absl::string_view) ABSL_NO_THREAD_SAFETY_ANALYSIS {
                               const absl::Time end = FromTimestamp(row.end_time());
                               if (end < since) return false;
                               ended_[row.session_id()] = end;
                               return true;
                             });
}

void EndedSessions::Add(const std::vector<std::string>& session_ids) {
  if (session_ids.empty()) return;
  const absl::Time now = clock_.TimeNow();
  MutexLock lock(mu_);
  for (const std::string& id : session_ids) ended_[id] = now;
}

bool EndedSessions::Contains(absl::string_view session_id) const {
  MutexLock lock(mu_);
  return ended_.contains(session_id);
}

std::vector<std::string> EndedSessions::List() {
  const absl::Time since = clock_.TimeNow() - kRemembered;
  std::vector<std::string> ids;
  MutexLock lock(mu_);
  absl::erase_if(ended_, [&](const auto& entry) { return entry.second < since; });
  ids.reserve(ended_.size());
  for (const auto& entry : ended_) ids.push_back(entry.first);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace eid::identity
