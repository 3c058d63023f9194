// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/sync/mutex.h"

namespace eid::identity {

// The sessions that ended while a token of theirs could still be valid: what every verifier of tokens
// must know. Kept in memory, made anew from the store at start. Thread-safe.
class EndedSessions {
 public:
  // How long one is remembered: the life of a token, and some more for clocks that differ.
  static constexpr absl::Duration kRemembered = absl::Minutes(6);

  explicit EndedSessions(const Clock& clock) : clock_(clock) {}

  absl::Status Load(const kv::Reader& reader);
  // After the transaction that ended them.
  void Add(const std::vector<std::string>& session_ids);
  bool Contains(absl::string_view session_id) const;
  // Sorted.
  std::vector<std::string> List();

 private:
  const Clock& clock_;
  mutable Mutex mu_;
  absl::flat_hash_map<std::string, absl::Time> ended_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::identity
