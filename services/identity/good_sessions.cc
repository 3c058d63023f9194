// SPDX-License-Identifier: Apache-2.0
#include "services/identity/good_sessions.h"

namespace eid::identity {

bool GoodSessions::Contains(uint64_t revision, absl::string_view session_id, absl::Time now) const {
  MutexLock lock(mu_);
  if (revision != revision_) return false;
  const auto found = until_.find(session_id);
  return found != until_.end() && now < found->second;
}

void GoodSessions::Add(uint64_t revision, absl::string_view session_id, absl::Time until) {
  MutexLock lock(mu_);
  if (revision < revision_) return;
  if (revision > revision_) until_.clear();
  revision_ = revision;
  if (until_.size() < kMost) until_.insert_or_assign(std::string(session_id), until);
}

}  // namespace eid::identity
