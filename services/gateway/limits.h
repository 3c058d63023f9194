// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <list>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/pipeline.h"
#include "common/sync/mutex.h"
#include "eid/policy/v1/policy.pb.h"
#include "services/gateway/config.pb.h"

namespace eid::gateway {

// What a client is known by: "account:<id>" with a token, else "address:<address>", where the
// addresses of one IPv6 network (/64) are one client. Pure.
std::string ClientKey(const rpc::Call& call);

// A token bucket per client and class of calls. Remembers a bounded number of clients; who comes
// after being forgotten begins with full buckets, as a new client does. Thread-safe, never blocks
// long.
class Limits {
 public:
  // INVALID_ARGUMENT for a bucket that lets nothing pass, and for less than no clients.
  static absl::Status Validate(const LimitsConfig& config);
  // `config` is valid; `clock` outlives this.
  Limits(const LimitsConfig& config, const Clock& clock);

  // Takes one token of the client's bucket, or RESOURCE_EXHAUSTED RATE_LIMITED with RetryInfo.
  absl::Status Take(absl::string_view client, bool is_account, policy::v1::RateClass rate_class);
  // Clients remembered.
  size_t size() const;

 private:
  static constexpr int kClasses = policy::v1::RateClass_ARRAYSIZE;
  struct Rate {
    double per_second = 0;
    double burst = 0;
  };
  using Rates = std::array<Rate, kClasses>;
  struct Level {
    double tokens = 0;
    absl::Time filled;
  };
  struct Client {
    std::string key;
    std::array<Level, kClasses> levels;
  };

  static Rates RatesOf(const Buckets& buckets);
  Client& ClientOf(absl::string_view key, const Rates& rates, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Rates account_;
  const Rates address_;
  const size_t max_clients_;
  const Clock& clock_;
  mutable Mutex mu_;
  // Who called last stands first.
  std::list<Client> clients_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<absl::string_view, std::list<Client>::iterator> index_ ABSL_GUARDED_BY(mu_);
};

// The step of the pipeline; stands behind authentication. `limits` outlives the pipeline.
rpc::Step LimitCalls(Limits& limits);

}  // namespace eid::gateway
