// SPDX-License-Identifier: Apache-2.0
// Where registrations were seen, by the stream of changes and by asking: each observer's sightings
// must be a path of the state machine.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/crash/suite/journal.h"
#include "tests/crash/suite/machine.h"

namespace eid::crash {

// Thread-safe.
class Sightings {
 public:
  // `journal` outlives this.
  explicit Sightings(Journal& journal) : journal_(journal) {}

  // An observer, "stream" or "asked", saw the registration. Violates kPath if it cannot have come
  // there from where the same observer saw it last.
  void See(absl::string_view observer, const Registration& registration);

  // Waits until anybody has seen it in one of these states, `patience` at most. Whether it was.
  bool Await(const std::string& registration_id, const std::vector<Registration::State>& states,
             absl::Duration patience);
  // Whether the observer has seen it there.
  bool Saw(absl::string_view observer, const std::string& registration_id,
           Registration::State state) const;

 private:
  Journal& journal_;
  mutable absl::Mutex mutex_;
  // By observer and registration.
  std::map<std::pair<std::string, std::string>, Place> last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::crash
