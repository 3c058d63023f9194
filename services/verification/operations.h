// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/verification/v1/verification_service.pb.h"
#include "services/verification/lookups.h"

namespace eid::verification {

// The operations on verifications. Errors are those of the contract. Thread-safe.
class Operations {
 public:
  // Called with a registry_id when somebody asks for that registry to be tried at once. Must not block.
  using Probe = std::function<void(absl::string_view registry_id)>;

  // All outlive this.
  Operations(kv::Database& database, const Clock& clock, Routing routing, Probe probe);

  void Ensure(const rpc::Call& call, const v1::EnsureVerificationRequest& request,
              rpc::Reply<v1::Verification> reply);
  void Get(const rpc::Call& call, const v1::GetVerificationRequest& request,
           rpc::Reply<v1::Verification> reply);
  void List(const rpc::Call& call, const v1::ListVerificationsRequest& request,
            rpc::Reply<v1::ListVerificationsResponse> reply);
  void Retry(const rpc::Call& call, const v1::RetryVerificationRequest& request,
             rpc::Reply<v1::Verification> reply);

  // The parts of a watch: where it begins, what an entry of the feed is to the caller, and what says that all is well.
  absl::StatusOr<uint64_t> WatchFrom(const v1::WatchVerificationsRequest& request) const;
  absl::StatusOr<std::optional<v1::VerificationEvent>> EventOf(const kv::FeedEntry& entry,
                                                               uint64_t resume) const;
  v1::VerificationEvent Heartbeat(uint64_t revision) const;

 private:
  absl::StatusOr<v1::Verification> Find(absl::string_view verification_id) const;

  kv::Database& database_;
  const Clock& clock_;
  const Routing routing_;
  const Probe probe_;
};

}  // namespace eid::verification
