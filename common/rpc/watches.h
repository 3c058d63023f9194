// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/feed.h"
#include "common/rpc/call.h"
#include "common/rpc/limits.h"
#include "common/rpc/rpc_config.pb.h"
#include "common/sync/mutex.h"

namespace eid::rpc {

// All watch streams of a program on one feed: counts them, and ends them at shutdown. Thread-safe.
// Outlives the server.
class Watches {
 public:
  struct Options {
    // Streams of persons at once; one more is RESOURCE_EXHAUSTED.
    int max_streams = kMaxWatchers;
    // Of these, streams of one person.
    int max_per_caller = 8;
    // Streams of services, which find a place whatever persons do.
    int max_service_streams = 32;
    // A heartbeat is sent when nothing else was for this long.
    absl::Duration heartbeat = absl::Seconds(10);
    // Entries read from the feed at a time.
    size_t batch = 64;
  };
  // `feed` outlives this.
  Watches(kv::Feed& feed, Options options);
  Watches(kv::Feed& feed, const RpcConfig& config);
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  // A place for one stream of the call's caller. `stop` is called at most once, by Shutdown, and must
  // not block. RESOURCE_EXHAUSTED when all places, or all of the caller's, are taken; UNAVAILABLE
  // after Shutdown.
  absl::StatusOr<uint64_t> Enter(const Call& call, std::function<void()> stop);
  // Gives the place back.
  void Leave(uint64_t place);
  // Ends every stream and admits none any more. Called by the server when the program is told to
  // stop.
  void Shutdown();

  // UNAVAILABLE, SHUTTING_DOWN.
  static absl::Status ShuttingDown();

  // Streams open now.
  int open() const;
  kv::Feed& feed() { return feed_; }
  const Options& options() const { return options_; }

 private:
  kv::Feed& feed_;
  const Options options_;
  mutable Mutex mu_;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  uint64_t next_ ABSL_GUARDED_BY(mu_) = 1;
  struct Stream {
    std::string caller;
    bool of_service;
    std::function<void()> stop;
  };
  absl::flat_hash_map<uint64_t, Stream> streams_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, int> by_caller_ ABSL_GUARDED_BY(mu_);
  int of_services_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace eid::rpc
