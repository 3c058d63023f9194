// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "tools/simulators/behavior.h"
#include "tools/simulators/records.h"

namespace eid::simulator {

// An answer, and how long to wait before it is given.
template <class Response>
struct Answer {
  absl::StatusOr<Response> response;
  absl::Duration latency;
};

// A registry, as it answers: truly, or as it was told to. Thread-safe.
class Registry {
 public:
  // All outlive this.
  Registry(std::string registry_id, const Records& records, BehaviorSwitch& behavior,
           const Clock& clock);

  // UNAVAILABLE PEER_UNAVAILABLE when told to be down; INVALID_ARGUMENT INVALID_REQUEST.
  Answer<registry::v1::LookupPersonResponse> LookupPerson(
      const registry::v1::LookupPersonRequest& request);
  Answer<registry::v1::LookupOrganizationResponse> LookupOrganization(
      const registry::v1::LookupOrganizationRequest& request);

 private:
  registry::v1::RecordSource SourceOf(const Plan& plan, int64_t version) const;

  const std::string registry_id_;
  const Records& records_;
  BehaviorSwitch& behavior_;
  const Clock& clock_;
};

}  // namespace eid::simulator
