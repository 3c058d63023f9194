// SPDX-License-Identifier: Apache-2.0
#include "services/identity/client_limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace eid::identity {

std::string ClientLimits::ClientOf(absl::string_view address) {
  in6_addr parsed;
  const std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
    return std::string(reinterpret_cast<const char*>(parsed.s6_addr), sizeof parsed.s6_addr);
  }
  return std::string(reinterpret_cast<const char*>(parsed.s6_addr), 8);
}

double ClientLimits::TokensOf(const Bucket& bucket, absl::Time now) const {
  const double since = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at));
  return std::min<double>(options_.burst, bucket.tokens + since * options_.per_second);
}

absl::Duration ClientLimits::Take(absl::string_view client) {
  const std::string key = ClientOf(client);
  const absl::Time now = clock_.TimeNow();
  MutexLock lock(mu_);
  if (buckets_.size() >= options_.max_clients && !buckets_.contains(key)) MakeRoom(now);
  Bucket& bucket =
      buckets_.try_emplace(key, Bucket{static_cast<double>(options_.burst), now}).first->second;
  bucket = {TokensOf(bucket, now), now};
  if (bucket.tokens < 1) return absl::Seconds((1 - bucket.tokens) / options_.per_second);
  bucket.tokens -= 1;
  return absl::ZeroDuration();
}

void ClientLimits::MakeRoom(absl::Time now) {
  // A full bucket is the same as none.
  absl::erase_if(buckets_,
                 [&](const auto& entry) { return TokensOf(entry.second, now) >= options_.burst; });
  // So many at once are no guests; forgetting some of them is the lesser evil.
  if (buckets_.size() >= options_.max_clients) buckets_.clear();
}

}  // namespace eid::identity
