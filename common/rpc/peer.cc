// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/peer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/fault/fault.h"

namespace eid::rpc {

PeerOptions OptionsFor(const Call& call, absl::Time now, absl::Duration timeout, bool pass_token,
                       absl::Duration reserve) {
  // The mutant lets a peer take longer than the caller waits.
  if (fault::Mutant("deadline_not_passed_on")) reserve = -absl::InfiniteDuration();
  return {
      .timeout = std::max(absl::ZeroDuration(), std::min(timeout, call.deadline - now - reserve)),
      .token = pass_token ? call.token : "",
      .request_tag = call.request_tag};
}

namespace internal {

void Apply(const PeerOptions& options, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + options.timeout));
  if (!options.token.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
  }
  if (!options.request_tag.empty()) context.AddMetadata("x-request-id", options.request_tag);
}

}  // namespace internal
}  // namespace eid::rpc
