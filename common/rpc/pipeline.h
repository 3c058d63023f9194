// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/call.h"
#include "common/rpc/policy.h"
#include "common/rpc/rpc_config.pb.h"

// What every call passes before its handler, and what is noted when it ends. A step is a value, the
// order is a list, and both are tested without a server. Nothing here waits and nothing knows gRPC.
namespace eid::rpc {

// One step. Steps admit outermost first; the first refusal ends the call. When a call ends, admitted
// or refused, every step's `finish` runs, innermost first. Both run on the call's thread and must not
// block.
struct Step {
  std::string name;
  // May refuse, or add to the call what it found out. Null: admits all.
  std::function<absl::Status(Call&)> admit;
  // Sees the true status, before INTERNAL loses its text. Null: nothing. `took` is the time since
  // the call came in.
  std::function<void(const Call&, const absl::Status&, absl::Duration took)> finish;
};

// An immutable list of steps; thread-safe.
class Pipeline {
 public:
  explicit Pipeline(std::vector<Step> steps) : steps_(std::move(steps)) {}

  // OK when every step admits the call.
  absl::Status Admit(Call& call) const;
  // To be called once for every call given to Admit, when its answer is known.
  void Finish(const Call& call, const absl::Status& status, absl::Duration took) const;
  // The names of the steps, outermost first.
  std::vector<std::string> names() const;

  // Peer assumed where a connection has no certificate. Only tests set it: their channels have none.
  const std::string& assumed_peer() const { return assumed_peer_; }
  void set_assumed_peer_for_tests(std::string peer) { assumed_peer_ = std::move(peer); }

 private:
  std::vector<Step> steps_;
  std::string assumed_peer_;
};

// Which services may call a gRPC service in their own name.
class CallerList {
 public:
  CallerList() = default;
  explicit CallerList(const RpcConfig& config);
  CallerList& Allow(absl::string_view service, absl::string_view caller);
  bool Allows(absl::string_view service, absl::string_view caller) const;

 private:
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> callers_;
};

// Checks a token: its claims, not null, or UNAUTHENTICATED with TOKEN_EXPIRED or UNAUTHENTICATED as
// reason.
using VerifyToken = std::function<absl::StatusOr<auth::Claims>(absl::string_view token)>;

// As what the caller is admitted by the policy. Errors: UNAUTHENTICATED when a token would help;
// PERMISSION_DENIED with reason PERMISSION_DENIED, ACCOUNT_LEVEL_TOO_LOW,
// AUTHENTICATION_LEVEL_TOO_LOW or WRONG_PRINCIPAL and the metadata "required" and "actual". A
// person's token decides where the policy knows persons: an allowed peer does not lend its own
// right to the person whose token it carries. Pure.
absl::StatusOr<policy::v1::Audience> Authorize(const Method& method, const Call& call,
                                               const CallerList& callers);

// The steps, in the order of use.

// One JSON line "rpc" per call when it ends: method, code, reason, duration_us, peer, actor,
// request tag; for INTERNAL and UNKNOWN also the true text. Never a body, a token or a message
// given to the caller.
Step LogCalls();
// Refuses an RPC that has no policy: UNIMPLEMENTED, METHOD_UNKNOWN. Sets call.contract and
// call.policy. `policies` outlives the pipeline.
Step KnownPolicy(const PolicyMap& policies);
// Turns the token into claims. A bad token is refused, except by RPCs that are open to the public:
// who lets an old token stick to a request may still log in.
Step Authenticate(VerifyToken verify);
// Authorize() of above.
Step AuthorizeCalls(CallerList callers);
// Gives a deadline to unary calls that have none, and refuses those with less than `least` left:
// DEADLINE_EXCEEDED, DEADLINE_TOO_SHORT. Streams may be without a deadline.
Step RequireTime(const Clock& clock, absl::Duration least = absl::Milliseconds(5),
                 absl::Duration standard = absl::Seconds(30));

// What a service's pipeline is made of; the referenced objects outlive it.
struct PipelineParts {
  const PolicyMap& policies;
  VerifyToken verify;
  CallerList callers;
  const Clock& clock;
};
// The one list: LogCalls, KnownPolicy, Authenticate, AuthorizeCalls, RequireTime.
Pipeline ServicePipeline(PipelineParts parts);

}  // namespace eid::rpc
