// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/people_peer.h"

#include <utility>

#include "common/log/log.h"
#include "common/rpc/peer.h"
#include "common/status/status.h"
#include "eid/identity/v1/account_service.pb.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::org_registration {
namespace {

using identity::v1::Account;
using identity::v1::GetAccountRequest;

constexpr absl::Duration kTimeout = absl::Seconds(3);
constexpr absl::Duration kRetryAfter = absl::Seconds(2);

// What the caller may be told of identity's error.
absl::Status Translated(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
                   "The access token is no longer taken; log in.");
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
      return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE,
                   "The caller's personal account is not active.");
    default:
      LOG(WARNING) << "identity: " << absl::StatusCodeToString(status.code()) << " "
                   << ReasonOf(status);
      return WithRetry(
          Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
                "The identity service cannot be reached; try again."),
          kRetryAfter);
  }
}

class PeoplePeer final : public People {
 public:
  PeoplePeer(rpc::PeerChannel& identity, const Clock& clock) : identity_(identity), clock_(clock) {}

  void GetCaller(const rpc::Call& call, Done done) override {
    identity_.Call(get_account_, GetAccountRequest(),
                   rpc::OptionsFor(call, clock_.TimeNow(), kTimeout, /*pass_token=*/true),
                   [done = std::move(done)](absl::StatusOr<Account> account) {
                     if (!account.ok()) return done(Translated(account.status()));
                     done(Person{.account_id = account->account_id(),
                                 .personal_id = account->personal_id(),
                                 .active = account->state() == Account::STATE_ACTIVE,
                                 .level = account->level()});
                   });
  }

 private:
  const rpc::PeerMethod<GetAccountRequest, Account> get_account_{
      "/eid.identity.v1.AccountService/GetAccount"};
  rpc::PeerChannel& identity_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<People> MakePeople(rpc::PeerChannel& identity, const Clock& clock) {
  return std::make_unique<PeoplePeer>(identity, clock);
}

}  // namespace eid::org_registration
