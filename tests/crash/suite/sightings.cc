// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/sightings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace eid::crash {

void Sightings::See(absl::string_view observer, const Registration& registration) {
  const Place now = PlaceOf(registration);
  Place before;
  {
    absl::MutexLock lock(&mutex_);
    Place& last = last_[{std::string(observer), registration.registration_id()}];
    before = last;
    last = now;
  }
  if (before.state == Registration::STATE_UNSPECIFIED || Leads(before, now)) return;
  journal_.Violate(Invariant::kPath,
                   absl::StrCat(registration.registration_id(), " went from ", NameOf(before),
                                " to ", NameOf(now), ", seen by ", observer));
}

bool Sightings::Await(const std::string& registration_id,
                      const std::vector<Registration::State>& states, absl::Duration patience) {
  absl::MutexLock lock(&mutex_);
  const auto there = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const char* observer : {"stream", "asked"}) {
      const auto found = last_.find({observer, registration_id});
      if (found != last_.end() &&
          std::count(states.begin(), states.end(), found->second.state) > 0) {
        return true;
      }
    }
    return false;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&there), patience);
}

bool Sightings::Saw(absl::string_view observer, const std::string& registration_id,
                    Registration::State state) const {
  absl::MutexLock lock(&mutex_);
  const auto found = last_.find({std::string(observer), registration_id});
  return found != last_.end() && found->second.state == state;
}

}  // namespace eid::crash
