// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "eid/registry/v1/registry_service.pb.h"

namespace grpc {
class Channel;
}

namespace eid::verification {

// A registry at the other end of a connection. Calls return at once; `done` gets the answer or the error, on any thread,
// no later than the timeout. It must not block.
class RegistryPeer {
 public:
  virtual ~RegistryPeer() = default;
  virtual void LookupPerson(
      const registry::v1::LookupPersonRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<registry::v1::LookupPersonResponse>)> done) = 0;
  virtual void LookupOrganization(
      const registry::v1::LookupOrganizationRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<registry::v1::LookupOrganizationResponse>)> done) = 0;
};

// eid.registry.v1 over gRPC.
std::unique_ptr<RegistryPeer> MakeRegistryPeer(std::shared_ptr<grpc::Channel> channel);

}  // namespace eid::verification
