// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::gateway {
namespace {

constexpr int kMaxClients = 100'000;

// The /64 of an IPv6 address, anything else as it is.
std::string NetworkOf(const std::string& address) {
  in6_addr parsed;
  if (inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) return address;
  std::fill(parsed.s6_addr + 8, parsed.s6_addr + 16, 0);
  char text[INET6_ADDRSTRLEN];
  return absl::StrCat(inet_ntop(AF_INET6, &parsed, text, sizeof text), "/64");
}

absl::Status ValidateBucket(bool present, const Bucket& bucket) {
  if (!present) return absl::OkStatus();
  if (std::isfinite(bucket.per_second()) && bucket.per_second() > 0 &&
      std::isfinite(bucket.burst()) && bucket.burst() >= 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "limits: a bucket needs per_second above 0 and burst of 1 or more");
}

absl::Status ValidateBuckets(const Buckets& buckets) {
  RETURN_IF_ERROR(ValidateBucket(buckets.has_read(), buckets.read()));
  RETURN_IF_ERROR(ValidateBucket(buckets.has_write(), buckets.write()));
  RETURN_IF_ERROR(ValidateBucket(buckets.has_credential(), buckets.credential()));
  return ValidateBucket(buckets.has_watch(), buckets.watch());
}

}  // namespace

std::string ClientKey(const rpc::Call& call) {
  if (call.claims) return absl::StrCat("account:", call.account_id());
  return absl::StrCat("address:", NetworkOf(call.client));
}

absl::Status Limits::Validate(const LimitsConfig& config) {
  if (config.max_clients() < 0) {
    return absl::InvalidArgumentError("limits: max_clients is negative");
  }
  RETURN_IF_ERROR(ValidateBuckets(config.account()));
  return ValidateBuckets(config.address());
}

Limits::Limits(const LimitsConfig& config, const Clock& clock)
    : account_(RatesOf(config.account())),
      address_(RatesOf(config.address())),
      max_clients_(config.max_clients() > 0 ? config.max_clients() : kMaxClients),
      clock_(clock) {}

Limits::Rates Limits::RatesOf(const Buckets& buckets) {
  const auto rate = [](bool present, const Bucket& bucket, Rate standard) {
    return present ? Rate{bucket.per_second(), bucket.burst()} : standard;
  };
  Rates rates;
  rates[policy::v1::RATE_CLASS_READ] = rate(buckets.has_read(), buckets.read(), {50, 200});
  rates[policy::v1::RATE_CLASS_WRITE] = rate(buckets.has_write(), buckets.write(), {10, 50});
  rates[policy::v1::RATE_CLASS_CREDENTIAL] =
      rate(buckets.has_credential(), buckets.credential(), {1, 20});
  rates[policy::v1::RATE_CLASS_WATCH] = rate(buckets.has_watch(), buckets.watch(), {1, 20});
  return rates;
}

Limits::Client& Limits::ClientOf(absl::string_view key, const Rates& rates, absl::Time now) {
  if (const auto known = index_.find(key); known != index_.end()) {
    clients_.splice(clients_.begin(), clients_, known->second);
    return clients_.front();
  }
  if (clients_.size() >= max_clients_) {
    index_.erase(clients_.back().key);
    clients_.pop_back();
  }
  Client& client = clients_.emplace_front();
  client.key = std::string(key);
  for (int i = 0; i < kClasses; ++i) client.levels[i] = {rates[i].burst, now};
  index_.emplace(client.key, clients_.begin());
  return client;
}

absl::Status Limits::Take(absl::string_view client, bool is_account,
                          policy::v1::RateClass rate_class) {
  const Rates& rates = is_account ? account_ : address_;
  const Rate& rate = rates[rate_class];
  absl::Duration wait;
  {
    MutexLock lock(mu_);
    const absl::Time now = clock_.TimeNow();
    Level& level = ClientOf(client, rates, now).levels[rate_class];
    // A clock that was set back fills nothing; it takes nothing either.
    const double passed = std::max(0.0, absl::ToDoubleSeconds(now - level.filled));
    level.tokens = std::min(rate.burst, level.tokens + passed * rate.per_second);
    level.filled = now;
    if (level.tokens >= 1) {
      level.tokens -= 1;
      return absl::OkStatus();
    }
    wait = absl::Seconds((1 - level.tokens) / rate.per_second);
  }
  return WithRetry(
      Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_RATE_LIMITED,
            "called too often; wait and retry"),
      wait);
}

size_t Limits::size() const {
  MutexLock lock(mu_);
  return clients_.size();
}

rpc::Step LimitCalls(Limits& limits) {
  return {.name = "limit", .admit = [&limits](rpc::Call& call) {
            return limits.Take(ClientKey(call), call.claims != nullptr, call.policy->rate_class());
          }};
}

}  // namespace eid::gateway
