// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/sync/mutex.h"

namespace eid::identity {

// A token bucket for each client address, in memory: what a restart forgets, the durable counters of
// each account do not. Thread-safe.
class ClientLimits {
 public:
  struct Options {
    int burst = 60;
    int per_second = 5;
    size_t max_clients = 65'536;
  };
  ClientLimits(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  // Takes one call; zero if it may go on, else how long to wait.
  absl::Duration Take(absl::string_view client);

  // What counts as one client: an IPv4 address, or the /64 of an IPv6 one, since whoever has one of
  // its addresses has them all.
  static std::string ClientOf(absl::string_view address);

 private:
  struct Bucket {
    double tokens;
    absl::Time at;
  };
  double TokensOf(const Bucket& bucket, absl::Time now) const;
  void MakeRoom(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Clock& clock_;
  const Options options_;
  Mutex mu_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::identity
