// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/health_check_service_interface.h>

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/gateway/routes.h"

namespace eid::gateway {

// A thread that asks every backend for its health and shows it as the health of the services that
// the gateway fronts: "eid.identity.v1.AccountService" is SERVING while identity is. The gateway's
// own health ("") is not touched: it serves even when a backend does not.
class HealthFollower {
 public:
  // `routes` and `health` outlive this. A backend that does not answer within `timeout` does not
  // serve.
  HealthFollower(const Routes& routes, grpc::HealthCheckServiceInterface& health,
                 absl::Duration interval, absl::Duration timeout = absl::Seconds(1));
  // Stops the thread.
  ~HealthFollower();
  HealthFollower(const HealthFollower&) = delete;
  HealthFollower& operator=(const HealthFollower&) = delete;

 private:
  void Run();
  // Asks all at once and waits for all.
  std::vector<bool> AskAll() const;
  void Show(const Backend& backend, bool serving);

  const Routes& routes_;
  grpc::HealthCheckServiceInterface& health_;
  const absl::Duration interval_;
  const absl::Duration timeout_;
  // What is shown now, by backend. The thread's own.
  absl::flat_hash_map<const Backend*, bool> shown_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace eid::gateway
