// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/sync/mutex.h"
#include "services/org_registration/workflow.h"

namespace eid::org_registration {

// Follows what changes at the peers, so that a result moves its registration within milliseconds. An
// event goes to the workflow as it came: one that is lost, late or comes twice does no harm there.
//
// How far it has come is stored a little late (kStoreAfter): by then what an event moved has been
// written, so after a crash no news is skipped; some come again. Thread-safe.
class Following {
 public:
  static constexpr absl::Duration kStoreAfter = absl::Seconds(10);

  // The collaborators outlive this.
  Following(kv::Database& database, const Clock& clock, Workflow& workflow);

  // Where a watch of the peer resumes; empty: from now.
  std::string Token(Peer peer) const;
  // The watch brought an event. Never waits.
  void OnEvent(News news, absl::string_view resume_token);
  void OnHeartbeat(Peer peer, absl::string_view resume_token);
  // The watch ended. How long to wait before the next one.
  absl::Duration OnEnd(Peer peer, const absl::Status& status);

 private:
  struct Place {
    std::string token;
    // Will be stored when it is old enough.
    std::string next_to_store;
    absl::Time seen;
    bool connected = false;
    int failures = 0;
  };

  void Move(Peer peer, absl::string_view resume_token);
  void Store(Peer peer, const std::string& token);

  kv::Database& db_;
  const Clock& clock_;
  Workflow& workflow_;
  mutable Mutex mutex_;
  std::map<Peer, Place> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::org_registration
